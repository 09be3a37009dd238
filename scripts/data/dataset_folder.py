# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The dataset folder and the datalist of a run, with phantoms if no folder is given."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import ignite.distributed as idist

from ..errors import InputError
from .datalist import build_datalist, read_datalist
from .phantoms.dataset import NAME as PHANTOMS
from .phantoms.dataset import make_phantoms, phantom_parameters

logger = logging.getLogger(__name__)

GIVEN = "images of an application"


def dataset_folder(dataset_dir: str | list[str] | None, phantoms_dir: str | Path | None = None) -> str:
    """Return `dataset_dir`, or, if it is empty, `phantoms_dir` with newly generated phantoms.

    Without both the result is empty: an application such as MONAI Label provides the images.

    Raises:
        InputError: `dataset_dir` does not exist, or is a list of several folders.
    """
    if isinstance(dataset_dir, list):
        raise InputError(
            f"--dataset_dir {dataset_dir}: several folders need configs/several_datasets.yaml, too; a distillation "
            "with it needs trained teachers"
        )
    if not dataset_dir:
        if phantoms_dir is None:
            return ""
        logger.info(f"No --dataset_dir: using phantoms, generated in {phantoms_dir}.")
        with idist.one_rank_first():  # the other ranks find the finished phantoms
            return str(make_phantoms(phantoms_dir))
    if not Path(dataset_dir).is_dir():
        how = "give a folder of images" if phantoms_dir is None else "leave it out to train on phantoms"
        raise InputError(f"--dataset_dir {dataset_dir}: no such folder; {how}")
    return str(dataset_dir)


def load_datalist(
    dataset_dir: str | Path, num_folds: int | None, seed: int, split: str, file: str | Path | None = None
) -> dict[str, Any]:
    """Return the datalist in `file` or, without a file, a new one from `build_datalist`.

    Without a dataset folder the datalist is empty.

    Raises:
        InputError: see `read_datalist` and `build_datalist`.
    """
    if file:
        datalist = read_datalist(file)
        # Files of earlier versions do not tell what phantoms they list.
        phantoms = phantom_parameters(dataset_dir) if dataset_dir and datalist["name"] == PHANTOMS else None
        return {**datalist, "phantoms": phantoms} if phantoms else datalist
    if not dataset_dir:
        return {
            "name": GIVEN,
            "dataset": "",
            "num_folds": num_folds or 1,
            "seed": seed,
            "split": split,
            "numTraining": 0,
            "classes": {},
            "training": [],
        }
    return build_datalist(dataset_dir, num_folds=num_folds, seed=seed, split=split)
