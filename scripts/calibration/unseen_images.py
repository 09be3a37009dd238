# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which images a network's calibration is fitted on, and which it is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data.datalist import read_datalist, select
from ..errors import InputError
from ..runs.file_names import DATALIST

Items = list[dict[str, Any]]


def split_examples(weights: str | Path, dataset_dir: str | Path) -> tuple[Items, Items, dict[str, Any]]:
    """Divide a data set by what a network has seen of it, as the datalist beside its weights tells.

    Args:
        weights: the network's weights file.
        dataset_dir: the data set that it was trained on.

    Returns:
        The images to fit on: those of its validation folds, images without a lesion among them, even if the training
        used none. The images to judge by: all others that it was not trained on, if no near-identical one is among its
        training images or those to fit on. And the datalist.

    Raises:
        InputError: there is no such datalist, or it is of another data set or of no training.
    """
    path = Path(weights).with_name(DATALIST)
    if not path.is_file():
        raise InputError(f"--ckpt {weights}: {path} is missing, which tells the images that it was trained on")
    datalist = read_datalist(path)
    used: Mapping[str, list[str]] = datalist.get("used", {})
    if not (used.get("training") and used.get("validation")):
        raise InputError(f"{path}: does not tell which images were used for training and validation")
    items = select(datalist, dataset_dir)
    trained, validated = set(used["training"]), set(used["validation"])
    folds = {item["fold"] for item in items if item["name"] in validated}
    fitting = [item for item in items if item["fold"] in folds and item["name"] not in trained]
    seen = {item["group"] for item in items if item["name"] in trained or item["fold"] in folds}
    judging = [item for item in items if item["group"] not in seen]
    if not judging:
        raise InputError(f"{path}: no image is left that the network has not seen")
    return fitting, judging, datalist
