# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The colours of pictures and plots."""

from __future__ import annotations

# Of outlines; the report's page.css has them, too.
TRUTH, PREDICTION = "#2dd4bf", "#f97316"
# Of Okabe and Ito's colours, which the colour-blind tell apart; https://jfly.uni-koeln.de/color/
BLUE, ORANGE = "#0072B2", "#D55E00"
GREY, PALE = "#555555", "#A0A0A0"


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#rrggbb``, 0 to 255 each."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
