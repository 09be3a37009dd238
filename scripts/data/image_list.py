# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The images of a folder, for inference."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.errors import InputError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".nii", ".nii.gz")
MASK = re.compile(r"_(mask|tumor|other)(_?\d+)?$")


def list_images(dataset_dir: str | Path) -> list[dict[str, str]]:
    """List every image below a folder, masks left out by their names (``_mask``, ``_mask_1``, ``_tumor``, ``_other1``).

    Returns:
        MONAI items ``{"image": path}``, sorted by path.

    Raises:
        InputError: no folder is given, it does not exist, or holds no image.
    """
    folder = Path(dataset_dir)
    if not dataset_dir or not folder.is_dir():
        raise InputError(f"--dataset_dir {str(dataset_dir)!r}: no such folder; give one with images to segment")
    images = [
        str(path)
        for path in sorted(folder.rglob("*"))
        if path.name.lower().endswith(SUFFIXES) and not MASK.search(path.name.split(".")[0]) and path.is_file()
    ]
    if not images:
        raise InputError(f"--dataset_dir {folder}: no images in it ({', '.join(SUFFIXES)})")
    return [{"image": image} for image in images]
