# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How well the confidence of a prediction tells how good its mask is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import mannwhitneyu, spearmanr

from ..metrics.bootstrap import with_interval

FAILED = 0.5  # a Dice below this is a failure
# Measures of confidence: what each is called, its column, and the column of the Dice that it goes with.
MEASURES = {
    "confidence of the prediction": ("confidence", "lesion_dice"),
    "mean probability inside the mask": ("mean_probability", "candidates_dice"),
    "Dice that the probabilities let expect": ("soft_dice", "candidates_dice"),
    "agreement with the mirrored image": ("flip_agreement", "candidates_dice"),
}


def assess_uncertainty(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Compare measures of confidence with the Dice of the masks they are of, on images with a lesion.

    Measures are compared on the same masks, those of all candidates; the confidence that a prediction tells, on
    its own.

    Args:
        rows: of `assess_image`.

    Returns:
        In ``measures``, with intervals: Spearman's ``rank_correlation`` with the Dice, and ``failure_auc``, the chance
        that a mask with a Dice below `FAILED` has less confidence than one with more. And ``coverage``: the mean Dice
        of the images whose prediction is most confident, from all to a tenth.
    """
    lesions = [row for row in rows if row["truth_pixels"] > 0]
    groups = [row["group"] for row in lesions]
    measures = {}
    for title, (column, target) in MEASURES.items():
        sure, truth = (np.array([row[name] for row in lesions]) for name in (column, target))
        measures[title] = {
            "rank_correlation": with_interval(_correlation(sure, truth), groups),
            "failure_auc": with_interval(auc(sure, truth >= FAILED), groups),
        }
    ranked = sorted(lesions, key=lambda row: -row["confidence"])
    coverage = [
        {"share": share, "lesion_dice": float(np.mean([row["lesion_dice"] for row in ranked[:count]]))}
        for share in np.round(np.arange(1.0, 0.0, -0.1), 1).tolist()
        if (count := round(share * len(ranked)))
    ]
    failures = sum(row["lesion_dice"] < FAILED for row in lesions)
    return {"images": len(lesions), "failures": failures, "measures": measures, "coverage": coverage}


def _correlation(first: np.ndarray, second: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda chosen: float(spearmanr(first[chosen], second[chosen]).statistic)


def auc(score: np.ndarray, positive: np.ndarray) -> Callable[[np.ndarray], float]:
    """Return the area under the ROC curve as a function of the images chosen."""

    def area(chosen: np.ndarray) -> float:
        own, others = score[chosen][positive[chosen]], score[chosen][~positive[chosen]]
        if not (own.size and others.size):
            return math.nan
        return float(mannwhitneyu(own, others, method="asymptotic").statistic / (own.size * others.size))

    return area
