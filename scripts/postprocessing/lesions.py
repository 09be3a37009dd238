# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find lesions in a probability map, with their confidence."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..errors import NOT_FINITE, InputError
from ..images.components import connected_components
from .calibration import Calibration


@dataclass(frozen=True)
class Lesions:
    """The lesions found in an image.

    Attributes:
        mask: bool, shape (rows, columns).
        lesion_confidence: mean probability of the pixels in the mask; without a lesion that of the most probable
            candidate, or, if there is none, the highest probability of a pixel below the threshold.
        minimum_confidence: mean probability of the least certain lesion; equal to `lesion_confidence` for at most one.
    """

    mask: np.ndarray
    lesion_confidence: float
    minimum_confidence: float

    @property
    def lesion_found(self) -> bool:
        """Whether the mask has a lesion."""
        return bool(self.mask.any())

    @property
    def confidence(self) -> float:
        """Confidence of the answer, lesion or no lesion, 0 to 1."""
        return self.lesion_confidence if self.lesion_found else 1 - self.lesion_confidence


def find_lesions(probability: np.ndarray, calibration: Calibration) -> Lesions:
    """Find the lesions in a probability map.

    Each connected component (8-connectivity) of the pixels at or above the threshold is a candidate. It is a lesion if
    it has the minimum size and the minimum confidence.

    Args:
        probability: lesion probability, shape (rows, columns), 0 to 1; see `Calibration.correct`.
        calibration: threshold, hole filling, minimum size and minimum confidence.

    Raises:
        InputError: a probability is not finite.
    """
    if not np.isfinite(probability).all():
        raise InputError(NOT_FINITE)
    whole = (probability >= calibration.threshold).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(whole)  # what follows takes the time of this part of the image
    box = slice(y, y + max(1, height)), slice(x, x + max(1, width))
    above = whole[box].copy()
    if calibration.fill_holes:
        outlines, _ = cv2.findContours(above, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(above, outlines, -1, 1, cv2.FILLED)
    labels, stats = connected_components(above)
    count = len(stats)
    sizes = stats[:, cv2.CC_STAT_AREA]
    sums = np.bincount(labels.ravel(), weights=probability[box].ravel(), minlength=count)
    means = np.divide(sums, sizes, out=np.zeros(count), where=sizes > 0)
    candidates = [i for i in range(1, count) if sizes[i] >= calibration.min_size * probability.size]
    lesions = [i for i in candidates if means[i] >= calibration.min_confidence]
    is_lesion = np.zeros(count, dtype=bool)
    is_lesion[lesions] = True
    mask = np.zeros(probability.shape, dtype=bool)
    mask[box] = is_lesion[labels]
    if lesions:
        confidence, minimum = float(sums[lesions].sum() / sizes[lesions].sum()), float(means[lesions].min())
    else:
        below = probability < calibration.threshold  # what is above it, but too small, must not rank above a candidate
        confidence = float(means[candidates].max() if candidates else probability.max(initial=0.0, where=below))
        minimum = confidence
    return Lesions(mask, min(1.0, confidence), min(1.0, minimum))
