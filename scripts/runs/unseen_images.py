# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Select the images to fit a network's calibration on, and the unseen images to assess it on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data.datalist import build_datalist, read_datalist, select
from ..errors import InputError
from .data_record import check_held_out
from .file_names import DATALIST

Items = list[dict[str, Any]]


def split_images(weights: str | Path, dataset_dir: str | Path) -> tuple[Items, Items, dict[str, Any]]:
    """Split a data set into validation images and unseen images, by the datalist beside a network's weights.

    Args:
        weights: the network's weights file.
        dataset_dir: the data set that it was trained on.

    Returns:
        The images to fit on: all images of the validation folds that the network was not trained on, including images
        without a lesion even if the training used none, but none of a data set that was left out. The images to assess:
        all others, except near-duplicates of images that were trained or are fitted on. And the datalist.

    Raises:
        InputError: the datalist is missing, belongs to another data set, or does not list the images of a training.
    """
    path = Path(weights).with_name(DATALIST)
    if not path.is_file():
        raise InputError(f"{path} is missing; it must list the training images of {weights}")
    datalist = read_datalist(path)
    used: Mapping[str, list[str]] = datalist.get("used", {})
    if not (used.get("training") and used.get("validation")):
        raise InputError(
            f"{path}: does not list the training and validation images; use the datalist.json of the training"
        )
    items = select(datalist, dataset_dir)
    trained, validated = set(used["training"]), set(used["validation"])
    folds = {(item.get("dataset"), item["fold"]) for item in items if item["name"] in validated}
    fitting = [item for item in items if (item.get("dataset"), item["fold"]) in folds and item["name"] not in trained]
    fitted = {item["name"] for item in fitting}
    seen = {item["group"] for item in items if item["name"] in trained | fitted}
    unseen = [item for item in items if item["group"] not in seen]
    return fitting, unseen, datalist


def unseen_dataset(weights: str | Path, dataset_dir: str | Path, use: str) -> tuple[Items, dict[str, Any]]:
    """Return all images of a data set that a network was not trained on, and its datalist.

    Args:
        weights: the network's weights file.
        dataset_dir: the data set.
        use: what the images are for, such as ``"assessed"``; see `check_held_out`.

    Raises:
        InputError: the data set cannot be read, or the network has seen some of it.
    """
    datalist = build_datalist(dataset_dir, num_folds=None)
    items = select(datalist, dataset_dir)
    check_held_out(weights, datalist, {use: items}, "the network")
    return items, datalist
