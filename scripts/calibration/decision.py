# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Image-level detection: AUC, sensitivity and specificity."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..metrics.bootstrap import with_interval
from ..postprocessing.calibration import Calibration
from .uncertainty import auc


def assess_decision(rows: Sequence[Mapping[str, Any]], calibration: Calibration) -> dict[str, Any]:
    """Return how well images with and without a lesion are distinguished.

    Returns:
        With intervals, the ``auc`` of the lesion score, and ``sensitivity`` and ``specificity`` at the calibration's
        minimum confidence; and the ROC ``curve``. Empty if all images have a lesion, or none.
    """
    scores = np.array([row["lesion_score"] for row in rows])
    lesion = np.array([row["truth_pixels"] > 0 for row in rows])
    found = np.array([row["lesion_found"] for row in rows])
    if lesion.all() or not lesion.any():
        return {}
    groups = [row["group"] for row in rows]

    def share(correct: np.ndarray, of: np.ndarray) -> Callable[[np.ndarray], float]:
        return lambda chosen: float(correct[chosen][of[chosen]].mean()) if of[chosen].any() else math.nan

    return {
        "images_with_lesion": int(lesion.sum()),
        "images_without_lesion": int((~lesion).sum()),
        "least_confidence": calibration.min_confidence,
        "auc": with_interval(auc(scores, lesion), groups),
        "sensitivity": with_interval(share(found, lesion), groups),
        "specificity": with_interval(share(~found, ~lesion), groups),
        "curve": [
            {
                "score": float(score),
                "sensitivity": float((scores[lesion] >= score).mean()),
                "specificity": float((scores[~lesion] < score).mean()),
            }
            for score in np.unique(np.round(np.concatenate([[0.0], scores]), 3))
        ],
    }
