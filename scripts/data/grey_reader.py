# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI's reader of pictures, for grey levels."""

from __future__ import annotations

from monai.data import PILReader

from ..images.grey import to_grey


class GreyReader(PILReader):
    """MONAI's `PILReader`, for one channel."""

    def __init__(self) -> None:
        super().__init__(converter=to_grey)
