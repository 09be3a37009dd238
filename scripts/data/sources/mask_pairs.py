# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which files of a dataset folder are images, and the order they come in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ...errors import InputError

_MASK_ENDING = re.compile(r"_mask(_\d+)?$")


def subfolder(folder: Path, name: str) -> Path | None:
    """Return the folder called `name`, in capitals or not, inside `folder`, None where there is none."""
    return next((path for path in sorted(folder.iterdir()) if path.name.lower() == name and path.is_dir()), None)


def image_and_mask_folders(folder: Path, images: str, masks: str) -> tuple[Path, Path] | None:
    """Return the folders called `images` and `masks` inside `folder`, None unless both are there."""
    image_root, mask_root = subfolder(folder, images), subfolder(folder, masks)
    return None if image_root is None or mask_root is None else (image_root, mask_root)


def pair_masks(images: Iterable[Path], image_root: Path, masks: Iterable[Path], mask_root: Path) -> dict[Path, list]:
    """Give every image the masks that stand at its own place under `mask_root`.

    A mask is called like its image, with ``_mask``, ``_mask_1``, ``_mask_2`` … after the name or not; the file
    suffixes may differ.

    Returns:
        The masks of each image, an empty list for one without.

    Raises:
        InputError: for a mask without image, or two images whose masks could not be told apart.
    """
    by_place: dict[Path, Path] = {}
    for image in images:
        place = image.relative_to(image_root).with_suffix("")
        if place in by_place:
            raise InputError(f"{image}: {by_place[place].name} has the same name, so their masks cannot be told apart")
        by_place[place] = image
    paired: dict[Path, list] = {image: [] for image in by_place.values()}
    for mask in masks:
        place = mask.relative_to(mask_root).with_suffix("")
        own = by_place.get(place) or by_place.get(place.with_name(_MASK_ENDING.sub("", place.name)))
        if own is None:
            raise InputError(f"{mask}: this mask has no image")
        paired[own].append(mask)
    return paired


def is_mask_name(path: Path) -> bool:
    """Tell whether a file is called as a mask that stands beside its image (``…_mask.png``, ``…_mask_1.png``)."""
    return _MASK_ENDING.search(path.stem) is not None
