# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read files with exactly one image, as in data sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import InputError, printable
from .file_types import open_image
from .image_file import ImageFile


def read_image(path: Path) -> np.ndarray:
    """Return the grey levels of a file with one image, as a viewer shows it, float32, shape (rows, columns).

    Raises:
        InputError: the file is damaged, has an unknown format, or holds several images.
    """
    return read_single(path)[1]


def read_single(path: Path) -> tuple[ImageFile, np.ndarray]:
    """Return the opened file and its grey levels, as `read_image` does."""
    try:
        file = open_image(path)
        if file.frames > 1:
            shape = " × ".join(map(str, file.axes.shape if file.axes else (file.frames, *file.shape)))
            raise InputError(f"holds {file.frames} images ({shape}), must hold one")
        (grey,) = file.read()
    except InputError as error:
        reason = str(error).removeprefix(printable(f"{path}: "))
        problem = "" if reason.startswith("cannot be read as") else "cannot be read as an image: "
        raise InputError(f"{path}: {problem}{reason}") from None
    return file, grey
