# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI inferers: bfloat16 where the device has it, and networks run at another image size."""

from .autocast import AutocastInferer
from .resized import ResizedInferer

__all__ = ["AutocastInferer", "ResizedInferer"]
