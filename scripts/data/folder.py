# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The dataset folder and the datalist of a run: the user's own, or made where there is none."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import ignite.distributed as idist

from scripts.data.datalist import build_datalist, read_datalist
from scripts.data.phantoms import make_phantoms
from scripts.errors import InputError

logger = logging.getLogger(__name__)


def dataset_folder(dataset_dir: str | None, phantoms_dir: str | Path) -> str:
    """Return `dataset_dir`, or, where it is empty, a folder of phantoms made in `phantoms_dir`.

    Raises:
        InputError: a dataset folder that does not exist.
    """
    if not dataset_dir:
        logger.info(f"No --dataset_dir: training on phantoms, made in {phantoms_dir}.")
        with idist.one_rank_first():  # the others find what it has made
            return str(make_phantoms(phantoms_dir))
    if not Path(dataset_dir).is_dir():
        raise InputError(f"--dataset_dir {dataset_dir}: no such folder; leave it out to train on phantoms")
    return str(dataset_dir)


def load_datalist(
    dataset_dir: str | Path, num_folds: int, seed: int, split: str, file: str | Path | None = None
) -> dict[str, Any]:
    """Return the datalist in `file`, or, without one, that which `build_datalist` makes of the other arguments.

    Raises:
        InputError: as `read_datalist` and `build_datalist` do.
    """
    if file:
        return read_datalist(file)
    return build_datalist(dataset_dir, num_folds=num_folds, seed=seed, split=split)
