# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What an image file may hold, so that a small file from a stranger fills neither the memory nor days."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import InputError

MAX_PIXELS = 64_000_000  # of an image; a screen has 2 to 8 million
MAX_SIDE = 32_767  # rows or columns; OpenCV's limit
MAX_IMAGES = 50_000  # of a file; half an hour of video
MAX_PIXELS_IN_ALL = 20_000_000_000  # of a file; ten minutes of 1080p
MAX_UNPACKED = 2**30  # bytes of a compressed file
MAX_RATIO = 200  # of a compressed file that unpacks to more than `HARMLESS`; ultrasound has 2 to 20
HARMLESS = 2**28  # bytes
MAX_SCANS = 500  # of a JPEG; a progressive one has about 10, each of which takes the time of a whole image


def check_shape(path: Path, images: int, rows: int, columns: int) -> None:
    """Check number and size of the images of a file, before they are decoded.

    Raises:
        InputError: there is no image, or they are too many or too large.
    """
    if min(images, rows, columns) < 1:
        raise InputError(f"{path}: has {images} images of {rows}×{columns} pixels, must have at least one of one pixel")
    if rows * columns > MAX_PIXELS or max(rows, columns) > MAX_SIDE:
        raise InputError(
            f"{path}: has images of {rows:,}×{columns:,} pixels; the limit is {MAX_PIXELS:,}, and {MAX_SIDE:,} a side"
        )
    if images > MAX_IMAGES or images * rows * columns > MAX_PIXELS_IN_ALL:
        raise InputError(
            f"{path}: has {images:,} images of {rows}×{columns} pixels; the limit is {MAX_IMAGES:,} images, "
            f"{MAX_PIXELS_IN_ALL:,} pixels in all"
        )


def check_unpacked(path: Path, blocks: Iterable[bytes] = (), size: int = 0) -> None:
    """Check to how many bytes a compressed file unpacks.

    Args:
        path: the file.
        blocks: what it unpacks to, in small blocks, which are counted and dropped.
        size: the number of bytes, where a header tells it.

    Raises:
        InputError: there are too many.
    """
    packed = path.stat().st_size
    limit = min(MAX_UNPACKED, max(HARMLESS, MAX_RATIO * packed))
    for block in blocks:
        size += len(block)
        if size > limit:
            break
    if size > limit:
        raise InputError(
            f"{path}: unpacks from {packed:,} to {size:,} bytes or more; the limit is {limit:,}; unpack it "
            "yourself if you trust it"
        )
