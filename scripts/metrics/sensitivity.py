# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Thresholds that find a share of the lesions, where each of several data sets counts equally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np


def image_weights(datasets: Sequence[str]) -> np.ndarray:
    """Return weights of images, of sum 1, by which each data set counts equally, whatever its size.

    Args:
        datasets: the data set of each image.
    """
    sizes = Counter(datasets)
    return np.array([1 / sizes[name] for name in datasets]) / len(sizes)


def score_at_sensitivity(scores: Sequence[float] | np.ndarray, datasets: Sequence[str], sensitivity: float) -> float:
    """Return the highest score that a share of the lesions reaches.

    Args:
        scores: score of each image with a lesion.
        datasets: the data set of each image.
        sensitivity: the share, by `image_weights`, above 0, up to 1.

    Example:
        >>> from scripts.metrics.sensitivity import score_at_sensitivity
        >>> score_at_sensitivity([0.9, 0.2, 0.5, 0.7], [""] * 4, 0.75)
        0.5
    """
    order = np.argsort(scores)
    missed = np.cumsum(image_weights(datasets)[order])  # share of the lesions up to each
    return float(np.asarray(scores)[order][np.searchsorted(missed, 1 - sensitivity + 1e-9, side="right")])
