# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Open pictures with Pillow as a viewer shows them: turned by EXIF orientation, larger grey levels brighter."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PIL.TiffImagePlugin import TiffImageFile

from ..errors import InputError
from .grey import to_grey
from .limits import MAX_IMAGES, MAX_PIXELS, MAX_SCANS

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
JPEG = ("JPEG", "MPO")
START_OF_SCAN = b"\xff\xda"
# TIFF tags and values: whether 0 is white; whether a page is a reduced copy or transparency mask of another page.
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0
PAGE_KIND, COPY_OR_MASK = 254, 1 | 4
OLD_PAGE_KIND, OLD_COPY = 255, 2

warnings.filterwarnings("ignore", module=r"PIL\.")  # unusual but harmless tags, one warning per file


@contextmanager
def open_picture(path: Path) -> Iterator[Image.Image]:
    """Open a picture with Pillow.

    Raises:
        InputError: it is damaged, too large, or not in one of `FORMATS`.
    """
    try:
        # As an open file: given the name, Pillow scrambles memory-mapped uncompressed TIFF of orientations 5 to 8.
        with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
            if picture.format in JPEG:
                _check_scans(path)
            yield picture
    except InputError:
        raise
    except Exception as error:  # Pillow's decoders raise errors of any type for damaged files
        is_huge = isinstance(error, Image.DecompressionBombError)  # above Pillow's limit, which is higher
        reason = f"it has more than {MAX_PIXELS:,} pixels, the limit" if is_huge else _reason(error)
        raise InputError(f"{path}: cannot be read as an image: {reason}") from None


def page_numbers(picture: Image.Image) -> Sequence[int]:
    """Return the numbers, from 0, of the pages of an opened picture.

    Reduced copies and masks of other pages, which TIFF and JPEG files may contain, are left out. Of more pages than a
    file may have, the rest is not counted.
    """
    if picture.format in JPEG:  # further images in the file are previews
        return [0]
    if not isinstance(picture, TiffImageFile):
        return range(getattr(picture, "n_frames", 1))
    pages = []
    for page in range(MAX_IMAGES + 1):
        try:
            picture.seek(page)
        except EOFError:
            break
        tags = picture.tag_v2
        if not tags.get(PAGE_KIND, 0) & COPY_OR_MASK and tags.get(OLD_PAGE_KIND) != OLD_COPY:
            pages.append(page)
    picture.seek(0)
    return pages or [0]


def upright(picture: Image.Image) -> Image.Image:
    """Return the current page of an opened picture, turned and mirrored by its EXIF orientation."""
    picture.load()
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # damaged EXIF; viewers ignore it, too
        return picture


def grey_levels(picture: Image.Image) -> np.ndarray:
    """Return the grey levels of the current page of an opened picture, as a viewer shows them.

    Returns:
        Shape (rows, columns), larger is brighter; uint8 if the picture has at most 8 bits per channel.
    """
    # Pillow inverts 8-bit images with white as 0, but not deeper ones.
    is_negative = isinstance(picture, TiffImageFile) and picture.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO
    grey = np.asarray(to_grey(upright(picture)))
    if is_negative and picture.mode not in ("1", "L"):
        grey = grey.max() - grey.astype(np.float64)
    return grey


def _check_scans(path: Path) -> None:
    scans = path.read_bytes().count(START_OF_SCAN)
    if scans > MAX_SCANS:
        raise InputError(f"{path}: has {scans:,} scans; the limit is {MAX_SCANS}")


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "it is damaged" if reason.startswith("cannot identify") else reason
