# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""From probabilities to lesions, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .calibration import Calibration


@dataclass(frozen=True)
class Finding:
    """What was found in an image.

    Attributes:
        mask: bool, shape (rows, columns).
        lesion_confidence: mean probability of the mask's pixels; without a lesion, that of the most probable candidate,
            or the highest probability of any pixel where nothing reached the threshold.
        minimum_confidence: mean probability of the least certain of several lesions; as `lesion_confidence` of one.
    """

    mask: np.ndarray
    lesion_confidence: float
    minimum_confidence: float

    @property
    def lesion_found(self) -> bool:
        """Whether there is a lesion."""
        return bool(self.mask.any())

    @property
    def confidence(self) -> float:
        """How sure the answer is, be it a lesion or none, 0 to 1."""
        return self.lesion_confidence if self.lesion_found else 1 - self.lesion_confidence


def find_lesions(probability: np.ndarray, calibration: Calibration) -> Finding:
    """Decide which pixels are lesion.

    Pixels from the threshold on that are connected, by a corner suffices, are a candidate, with its holes where they
    are filled; it is a lesion if it is large and certain enough.

    Args:
        probability: of lesion, shape (rows, columns), 0 to 1.
        calibration: threshold, least size and least certainty.
    """
    above = (probability >= calibration.threshold).astype(np.uint8)
    if calibration.fill_holes:
        outlines, _ = cv2.findContours(above, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(above, outlines, -1, 1, cv2.FILLED)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(above, connectivity=8)
    sizes = stats[:, cv2.CC_STAT_AREA]
    sums = np.bincount(labels.ravel(), weights=probability.ravel(), minlength=count)
    means = np.divide(sums, sizes, out=np.zeros(count), where=sizes > 0)
    candidates = [i for i in range(1, count) if sizes[i] >= calibration.min_size * probability.size]
    lesions = [i for i in candidates if means[i] >= calibration.min_confidence]
    chosen = np.zeros(count, dtype=bool)
    chosen[lesions] = True
    mask = chosen[labels]
    if lesions:
        certainty, least = float(sums[lesions].sum() / sizes[lesions].sum()), float(means[lesions].min())
    else:
        certainty = float(means[candidates].max()) if candidates else float(probability.max(initial=0.0))
        least = certainty
    return Finding(mask, min(1.0, certainty), min(1.0, least))
