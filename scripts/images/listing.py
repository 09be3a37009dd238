# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which files of a folder are images, and the order they come in."""

from __future__ import annotations

import re
from pathlib import Path

MASK = re.compile(r"_(mask|tumor|other)(_?\d+)?$")  # how the name of a mask beside its image ends, without suffix
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def image_stem(stem: str) -> str | None:
    """Return what the image is called that a mask by its name belongs to (``a`` of ``a_mask_1``), None for no mask."""
    base = MASK.sub("", stem)
    return None if base == stem else base


def natural_key(path: Path) -> list[str | int]:
    """Return a sort key that puts ``benign (2)`` before ``benign (10)``."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", path.as_posix())]


def list_images(folder: Path, recursive: bool = False) -> list[Path]:
    """Return the image files in `folder` in natural order, hidden ones (``._case001.png`` of macOS) left out."""
    found = folder.rglob("*") if recursive else folder.iterdir()
    images = (path for path in found if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith("."))
    return sorted((path for path in images if path.is_file()), key=natural_key)
