# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Several data sets: weights by which each counts equally, and thresholds that find a share of the lesions of each."""

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


def threshold_at_sensitivity(
    scores: Sequence[float] | np.ndarray, datasets: Sequence[str], sensitivity: float, others: Sequence[float] = ()
) -> float:
    """Return the highest threshold that a share of the lesions is above, in each of several data sets.

    A mean over data sets would let one in which all lesions are plain pay for those missed in another. The threshold is
    midway between the score that decides and the next lower one, so that rounding does not change what is found.

    Args:
        scores: score of each image with a lesion.
        datasets: the data set of each image.
        sensitivity: the share, above 0, up to 1.
        others: scores of images without a lesion.

    Returns:
        The threshold; the lowest of all scores itself if that decides.

    Example:
        >>> from scripts.metrics.sensitivity import threshold_at_sensitivity
        >>> threshold_at_sensitivity([0.75, 0.25, 0.5, 1.0], [""] * 4, 0.75)
        0.375
    """
    found: dict[str, list[float]] = {}
    for score, name in zip(scores, datasets, strict=True):
        found.setdefault(name, []).append(float(score))
    decides = min(_reached_by(each, sensitivity) for each in found.values())
    lower = [float(score) for score in (*scores, *others) if score < decides]
    return (decides + max(lower)) / 2 if lower else decides


def _reached_by(scores: list[float], sensitivity: float) -> float:
    missed = int((1 - sensitivity) * len(scores) + 1e-9)  # as many may be below
    return sorted(scores)[min(missed, len(scores) - 1)]
