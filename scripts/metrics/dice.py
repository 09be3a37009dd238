# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The Dice coefficient of two masks."""

from __future__ import annotations

import numpy as np


def dice(first: np.ndarray, second: np.ndarray, empty: float) -> float:
    """Return the Dice coefficient of two masks, or `empty` if both are empty.

    Args:
        first: bool, any shape.
        second: bool, of the same shape.
        empty: what to return if both are empty.
    """
    total = int(first.sum()) + int(second.sum())
    return 2 * int((first & second).sum()) / total if total else empty
