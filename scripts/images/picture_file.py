# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read PNG, JPEG, BMP, TIFF and WebP files with one or several pages, and write their masks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from ..errors import InputError
from .image_file import ImageFile, Software, as_grey_levels
from .upright import grey_levels, open_picture, page_numbers


class PictureFile(ImageFile):
    """A PNG, JPEG, BMP, TIFF or WebP file.

    Images and masks are turned by the EXIF orientation, as in a viewer. The pixel spacing is unknown, because the dots
    per inch in such files are those of a printed page.

    Args:
        path: a file that Pillow reads.

    Raises:
        InputError: the file is damaged or has another format, or its pages differ in size.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_picture(path) as picture:
            self._pages = page_numbers(picture)
            picture.seek(self._pages[0])
            self._set_shape(len(self._pages), picture.height, picture.width)  # check the size before decoding
            self._first = grey_levels(picture)
            self._set_shape(len(self._pages), *self._first.shape)
        self.is_8_bit = self._first.dtype in (np.uint8, np.bool_)
        self._set_spacing(None, "the file format has none: give --spacing")
        self.mask_suffix = ".png" if self.frames == 1 else ".tif"

    def read(self) -> Iterator[np.ndarray]:
        with open_picture(self.path) as picture:
            for page in self._pages:
                picture.seek(page)
                # Before decoding; pages that EXIF turns may be wider than high.
                fits = sorted(picture.size) == sorted(self.shape)
                grey = self._first if page == self._pages[0] else grey_levels(picture) if fits else None
                if grey is None or grey.shape != self.shape:
                    raise InputError(f"{self.path}: page {page + 1} has another size than the first page")
                yield as_grey_levels(grey, self.path)

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        write_mask_pages(path, masks, self.mask_suffix)


def write_mask_pages(path: Path, masks: Iterable[np.ndarray], suffix: str) -> None:
    """Write masks, bool, as PNG (suffix ``.png``, one mask) or as the pages of a TIFF; lesion is 255."""
    pictures = (mask * np.uint8(255) for mask in masks)
    if suffix == ".png":
        path.write_bytes(cv2.imencode(".png", next(pictures))[1].tobytes())
        return
    pages = map(Image.fromarray, pictures)
    with AppendingTiffWriter(str(path), new=True) as file:  # `append_images` would keep all pages in memory
        for page in pages:
            page.save(file, format="TIFF", compression="tiff_deflate")
            file.newFrame()
