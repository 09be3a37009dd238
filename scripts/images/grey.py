# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures as grey levels, whatever their mode."""

from __future__ import annotations

import numpy as np
from PIL import Image

WEIGHTS = (0.299, 0.587, 0.114)  # of red, green and blue, as Pillow has them


def to_grey(image: Image.Image) -> Image.Image:
    """Return `image` with one channel: 8 bits from colour, palette and alpha, as it is where its grey is deeper.

    PIL's own conversion would clip 16-bit grey levels at 255, which is white almost everywhere.
    """
    return image if image.mode.startswith(("I", "F")) else image.convert("L")


def colours_to_grey(colours: np.ndarray) -> np.ndarray:
    """Return the grey levels of an array of colours, as Pillow does of a picture.

    Args:
        colours: shape (rows, columns, 3), or 4 with alpha, which is dropped.
    """
    if colours.dtype == np.uint8:
        return np.asarray(Image.fromarray(np.ascontiguousarray(colours[..., :3])).convert("L"))
    return colours[..., :3] @ np.array(WEIGHTS)
