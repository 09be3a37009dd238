# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures as grey levels, whatever their mode."""

from __future__ import annotations

from PIL import Image


def to_grey(image: Image.Image) -> Image.Image:
    """Return `image` with one channel: 8 bits from colour, palette and alpha, as it is where its grey is deeper.

    PIL's own conversion would clip 16-bit grey levels at 255, which is white almost everywhere.
    """
    return image if image.mode.startswith(("I", "F")) else image.convert("L")
