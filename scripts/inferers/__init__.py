# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI inferers: bfloat16 autocast if the device supports it, and inference at another image size."""

from .autocast import AutocastInferer
from .resized import ResizedInferer

__all__ = ["AutocastInferer", "ResizedInferer"]
