# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Convert pictures and arrays to grey levels."""

from __future__ import annotations

import numpy as np
from PIL import Image

WEIGHTS = (0.299, 0.587, 0.114)  # of red, green and blue, as in Pillow


def to_grey(image: Image.Image) -> Image.Image:
    """Return `image` with one channel: unchanged if it has more than 8 bits, else 8-bit grey.

    Pillow's conversion to 8 bits would clip 16-bit grey levels at 255.
    """
    return image if image.mode.startswith(("I", "F")) else image.convert("L")


def colours_to_grey(colours: np.ndarray) -> np.ndarray:
    """Return the grey levels of an array of colours, as Pillow converts them.

    Args:
        colours: RGB or RGBA, shape (rows, columns, 3 or 4); alpha is ignored.
    """
    if colours.dtype == np.uint8:
        return np.asarray(Image.fromarray(np.ascontiguousarray(colours[..., :3])).convert("L"))
    return colours[..., :3] @ np.array(WEIGHTS)
