# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The coarse texture of many images, in a temporary file, so that memory does not grow with their number.

Images are compared at a scale much coarser than speckle. Between frames speckle changes, but tissue layers, ligaments
and the outline of the lesion do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from ...files.scratch_file import ScratchFile
from ...progress import track
from .image_content import WORKERS, read_grey

SIDE = 64  # px, longer side of the reduced images
LOCAL = 5.5  # px, standard deviation of the Gaussian window for local mean and contrast
MIN_CONTRAST = 6.0  # grey levels, added to the local contrast so that noise in dark areas is not amplified
LIMIT = 2.5  # normalised values are clipped to this, so that calipers and text do not dominate
DARK, BLUR = 6.0, 2.0  # grey levels and px: where the blurred image is darker, it is ignored


class CoarseImages:
    """Texture and visible area of each image, in the order in which they were added; 32 kB of the file each.

    Args:
        pictures: grey levels, uint8, shape (rows, columns), of any size.
    """

    def __init__(self, pictures: Iterable[np.ndarray]) -> None:
        self._scratch = ScratchFile("the coarse texture of the images")
        self._count = 0
        for grey in pictures:
            self._scratch.write(_texture(grey).tobytes())
            self._count += 1

    @classmethod
    def of_files(cls, paths: Sequence[Path], progress: bool) -> CoarseImages:
        """Read image files.

        Raises:
            InputError: an image cannot be read.
        """
        with ThreadPoolExecutor(WORKERS) as pool:
            return cls(track(pool.map(read_grey, paths), "coarse texture", "image", len(paths), progress))

    def __len__(self) -> int:
        """Return the number of images."""
        return self._count

    def __getitem__(self, index: int) -> np.ndarray:
        """Return an image: its texture, with local mean and contrast normalised, and its visible area, 0 or 1.

        Both are float32, in the upper left corner of an array of shape (2, `SIDE`, `SIDE`), which is 0 elsewhere.
        """
        size = 2 * SIDE * SIDE
        self._scratch.file.seek(4 * size * index)
        return np.frombuffer(self._scratch.file.read(4 * size), np.float32).reshape(2, SIDE, SIDE)


def _texture(grey: np.ndarray) -> np.ndarray:
    zoom = SIDE / max(grey.shape)
    size = [max(8, round(side * zoom)) for side in reversed(grey.shape)]
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    visible = cv2.GaussianBlur(small, (0, 0), BLUR) > DARK
    level = small - cv2.GaussianBlur(small, (0, 0), LOCAL)
    spread = np.sqrt(cv2.GaussianBlur(level * level, (0, 0), LOCAL))
    result = np.zeros((2, SIDE, SIDE), np.float32)
    rows, columns = small.shape
    result[0, :rows, :columns] = np.clip(level / (spread + MIN_CONTRAST) * visible, -LIMIT, LIMIT)
    result[1, :rows, :columns] = visible
    return result
