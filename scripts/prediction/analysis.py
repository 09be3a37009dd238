# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One image from grey levels to what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from scripts.prediction.field_of_view import field_of_view
from scripts.prediction.image_file import Region


def lesion_probability(
    grey: np.ndarray, regions: Sequence[Region], segment: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the probability of lesion where an image shows tissue, 0 elsewhere.

    The network sees each region by itself, cut to its field of view, as most images were that it learned from.

    Args:
        grey: shape (rows, columns).
        regions: of the image.
        segment: gives the probabilities of an image.

    Returns:
        float32, shape (rows, columns).
    """
    probability = np.zeros(grey.shape, dtype=np.float32)
    for region in regions:
        part = grey[region.box]
        field = field_of_view(part)
        rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        inside = np.where(field[box], segment(part[box]), 0)
        own = probability[region.box][box]
        np.maximum(own, inside, out=own)
    return probability


def lesion_region(mask: np.ndarray, regions: Sequence[Region]) -> Region:
    """Return the region that has most of a lesion, the first of them where there is none."""
    return max(regions, key=lambda region: int(mask[region.box].sum()))
