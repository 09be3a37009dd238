# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How well images with a lesion and without are told apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..metrics.bootstrap import with_interval
from ..postprocessing.calibration import Calibration
from .uncertainty import auc


def assess_decision(rows: Sequence[Mapping[str, Any]], calibration: Calibration) -> dict[str, Any]:
    """Tell how well images with a lesion and without are told apart.

    Returns:
        With intervals the ``auc`` of the score, and ``sensitivity`` and ``specificity`` of the calibration's least
        confidence; and the ``curve``, both for every score. Empty where all images have a lesion, or none.
    """
    scores = np.array([row["lesion_score"] for row in rows])
    lesion = np.array([row["truth_pixels"] > 0 for row in rows])
    found = np.array([row["lesion_found"] for row in rows])
    if lesion.all() or not lesion.any():
        return {}
    groups = [row["group"] for row in rows]

    def share(of: np.ndarray, where: np.ndarray) -> Callable[[np.ndarray], float]:
        return lambda chosen: float(of[chosen][where[chosen]].mean()) if where[chosen].any() else math.nan

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
