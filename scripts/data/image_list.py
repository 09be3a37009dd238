# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The images of a folder, for inference."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError
from ..images.listing import image_stem
from ..images.listing import list_images as list_files
from ..images.single_image import read_image


def list_images(dataset_dir: str | Path) -> list[dict[str, str]]:
    """List every image below a folder, masks left out by their names (``_mask``, ``_mask_1``, ``_tumor``, ``_other1``).

    Every image is decoded once, so that a damaged one is told before any is segmented.

    Returns:
        MONAI items ``{"image": path}``.

    Raises:
        InputError: no folder is given, it does not exist or holds no image, a file is damaged or holds several images,
            is called as a mask and its image is nowhere in the folder, or the masks of two images would have the same
            name.
    """
    folder = Path(dataset_dir)
    if not dataset_dir or not folder.is_dir():
        raise InputError(f"--dataset_dir {str(dataset_dir)!r}: no such folder; give one with images to segment")
    files = list_files(folder, recursive=True)
    stems = {path.stem for path in files}
    images = []
    for path in files:
        of_mask = image_stem(path.stem)
        if of_mask is None:
            images.append(path)
        elif of_mask not in stems:
            raise InputError(
                f"{path}: is called as a mask of an image {of_mask}, which is not there; rename it, if it is an image"
            )
    if not images:
        raise InputError(f"--dataset_dir {folder}: no images in it (PNG, JPEG, BMP, TIFF, WebP)")
    names: dict[Path, Path] = {}
    for path in images:
        other = names.setdefault(path.with_suffix(""), path)
        if other != path:
            raise InputError(f"{path}: its mask would have the name of that of {other.name}; rename one of them")
        read_image(path)
    return [{"image": str(path)} for path in images]
