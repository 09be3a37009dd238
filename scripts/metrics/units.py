# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Units of length."""

from __future__ import annotations

MILLIMETRES, PIXELS = "mm", "pixel"
UNIT_NAMES = {MILLIMETRES: "millimetres", PIXELS: "pixels"}
