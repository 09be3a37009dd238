# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The images of a folder, for inference."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError
from ..images.listing import image_stem, list_pictures
from ..images.single_image import read_image


def list_images(dataset_dir: str | Path) -> list[dict[str, str]]:
    """List all images below a folder, except masks (named ``_mask``, ``_mask_1``, ``_tumor``, ``_other1``).

    Every image is decoded once, so that a damaged image raises before any is segmented.

    Returns:
        MONAI items ``{"image": path}``.

    Raises:
        InputError: the folder does not exist or has no images; a file is damaged or has several images; a file is named
            like a mask without an image; or the masks of two images would have the same name.
    """
    folder = Path(dataset_dir)
    if not dataset_dir or not folder.is_dir():
        raise InputError(f"--dataset_dir {str(dataset_dir)!r}: no such folder; give a folder of images to segment")
    files = list_pictures(folder, recursive=True)
    stems = {path.stem for path in files}
    images = []
    for path in files:
        of_mask = image_stem(path.stem)
        if of_mask is None:
            images.append(path)
        elif of_mask not in stems:
            raise InputError(f"{path}: named like a mask, but there is no image {of_mask}; rename it if it is an image")
    if not images:
        raise InputError(f"--dataset_dir {folder}: no images in it (PNG, JPEG, BMP, TIFF, WebP)")
    names: dict[Path, Path] = {}
    for path in images:
        other = names.setdefault(path.with_suffix(""), path)
        if other != path:
            raise InputError(f"{path}: its mask would have the same name as that of {other.name}; rename one of them")
        read_image(path)
    return [{"image": str(path)} for path in images]
