# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read and hash the grey levels of images, independent of file name and format."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ...images.single_image import read_single
from ...progress import track

WORKERS = min(4, os.cpu_count() or 1)


def content_hash(path: Path) -> str:
    """Return the SHA-256 of an image's size and 8-bit grey levels, independent of the file format.

    Raises:
        InputError: the file cannot be read as an image.
    """
    grey = read_grey(path)
    height, width = grey.shape
    return hashlib.sha256(f"{width}x{height}:".encode() + grey.tobytes()).hexdigest()


def content_hashes(paths: Sequence[Path], progress: bool) -> list[str]:
    """Return the content hash of each file, in order."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(track(pool.map(content_hash, paths), "reading images", "image", len(paths), progress))


def read_grey(path: Path) -> np.ndarray:
    """Return the grey levels of an image, uint8, shape (rows, columns); more than 8 bits are scaled to 0 to 255.

    Raises:
        InputError: the file cannot be read as an image.
    """
    file, grey = read_single(path)
    if not file.is_8_bit:
        deep = grey.astype(np.float64)
        grey = np.round((deep - deep.min()) * 255 / max(np.ptp(deep), 1e-9))
    return grey.astype(np.uint8)
