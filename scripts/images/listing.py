# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""List the image files of a folder, and recognise masks by their names."""

from __future__ import annotations

import re
from pathlib import Path

MASK = re.compile(r"_(mask|tumor|other)(_?\d+)?$")  # end of the stem of a mask file beside its image
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def image_stem(stem: str) -> str | None:
    """Return the stem of the image of a mask (``a`` for ``a_mask_1``), None if `stem` is not that of a mask."""
    base = MASK.sub("", stem)
    return None if base == stem else base


def natural_key(path: Path) -> list[str | int]:
    """Return a sort key that puts ``benign (2)`` before ``benign (10)``."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", path.as_posix())]


def list_images(folder: Path, recursive: bool = False) -> list[Path]:
    """Return the image files in `folder` in natural order, without hidden files (``._case001.png`` of macOS)."""
    found = folder.rglob("*") if recursive else folder.iterdir()
    images = (path for path in found if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith("."))
    return sorted((path for path in images if path.is_file()), key=natural_key)
