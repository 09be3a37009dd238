# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Colours of overlays and plots."""

from __future__ import annotations

# Outlines of ground truth and prediction, and diameters, as in the report's page.css.
TRUTH, PREDICTION = "#2dd4bf", "#f97316"
CALIPERS = "#fde047"
# From the colour-blind safe palette of Okabe and Ito, https://jfly.uni-koeln.de/color/
BLUE, ORANGE = "#0072B2", "#D55E00"
GREY, PALE = "#555555", "#A0A0A0"


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue values, 0 to 255, of a colour ``#rrggbb``."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
