# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""PNG, JPEG, BMP and TIFF, with one image or several pages."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from ..errors import InputError
from .grey import to_grey
from .image_file import ImageFile, Software, as_grey_levels

PHOTOMETRIC, WHITE_IS_ZERO = 262, 0  # a tag of TIFF and one of its values


class PictureFile(ImageFile):
    """A picture, whose pixels have no known size: the dots per inch in such files are those of a page.

    Args:
        path: of a file that Pillow reads.

    Raises:
        InputError: it is damaged, of another kind, or its pages differ in size.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as picture:
            # A JPEG file may hold further pictures, but they are previews of the first.
            frames = 1 if picture.format in ("JPEG", "MPO") else getattr(picture, "n_frames", 1)
            self._take_shape(frames, picture.height, picture.width)
        self._take_spacing(None, "a picture has none: give --spacing")
        self.mask_suffix = ".png" if self.frames == 1 else ".tif"

    def read(self) -> Iterator[np.ndarray]:
        with self._opened() as picture:
            for page in range(self.frames):
                picture.seek(page)
                if (picture.height, picture.width) != self.shape:
                    raise InputError(f"{self.path}: page {page + 1} has another size than the first")
                grey = np.asarray(to_grey(picture))
                # Pillow turns these about for 8 bits, but not for more.
                is_negative = picture.format == "TIFF" and picture.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO
                if is_negative and picture.mode not in ("1", "L"):
                    grey = grey.max() - grey.astype(np.float64)
                yield as_grey_levels(grey, self.path)

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        pages = (Image.fromarray(np.where(mask, 255, 0).astype(np.uint8)) for mask in masks)
        if self.mask_suffix == ".png":
            next(pages).save(path, format="PNG")
            return
        with AppendingTiffWriter(str(path), new=True) as file:  # `append_images` would hold all pages in memory
            for page in pages:
                page.save(file, format="TIFF", compression="tiff_deflate")
                file.newFrame()

    @contextmanager
    def _opened(self) -> Iterator[Image.Image]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of odd but harmless tags, one a file
                with Image.open(self.path, formats=("PNG", "JPEG", "BMP", "TIFF")) as picture:
                    yield picture
        except InputError:
            raise
        except Exception as error:  # Pillow's decoders meet damaged files with nearly any
            reason = "it is too large" if isinstance(error, Image.DecompressionBombError) else _reason(error)
            raise InputError(f"{self.path}: cannot be read as a picture: {reason}") from None


def _reason(error: Exception) -> str:
    reason = str(error) or type(error).__name__
    return "it is damaged" if reason.startswith("cannot identify") else reason
