# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Match the images of a data set with their masks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ...errors import InputError
from ...images.listing import entries

_MASK_ENDING = re.compile(r"_mask(_\d+)?$")


def subfolder(folder: Path, name: str) -> Path | None:
    """Return the subfolder called `name`, ignoring case, None if there is none."""
    return next((path for path in entries(folder) if path.name.lower() == name and path.is_dir()), None)


def image_and_mask_folders(folder: Path, images: str, masks: str) -> tuple[Path, Path] | None:
    """Return the subfolders called `images` and `masks`, None unless both exist."""
    image_root, mask_root = subfolder(folder, images), subfolder(folder, masks)
    return None if image_root is None or mask_root is None else (image_root, mask_root)


def pair_masks(images: Iterable[Path], image_root: Path, masks: Iterable[Path], mask_root: Path) -> dict[Path, list]:
    """Find the masks of every image by their paths relative to `image_root` and `mask_root`.

    A mask has the name of its image, optionally followed by ``_mask``, ``_mask_1``, ``_mask_2`` …; file extensions may
    differ.

    Returns:
        The list of masks of each image.

    Raises:
        InputError: a mask without image, or two images with the same name, whose masks would be ambiguous.
    """
    image_of: dict[Path, Path] = {}
    for image in images:
        name = image.relative_to(image_root).with_suffix("")
        if name in image_of:
            raise InputError(f"{image}: has the same name as {image_of[name].name}, so their masks are ambiguous")
        image_of[name] = image
    paired: dict[Path, list] = {image: [] for image in image_of.values()}
    for mask in masks:
        name = mask.relative_to(mask_root).with_suffix("")
        found = image_of.get(name) or image_of.get(name.with_name(_MASK_ENDING.sub("", name.name)))
        if found is None:
            raise InputError(f"{mask}: no image for this mask")
        paired[found].append(mask)
    return paired


def is_mask_name(path: Path) -> bool:
    """Return whether a file is named like a mask (``…_mask.png``, ``…_mask_1.png``)."""
    return _MASK_ENDING.search(path.stem) is not None
