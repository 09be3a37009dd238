# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How well confidence measures predict the Dice of a mask."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import mannwhitneyu, spearmanr

from ..metrics.bootstrap import with_interval

FAILED = 0.5  # a Dice below this is a failure
# Confidence measures: name, column, and column of the Dice that it is compared with. The names are keys of trust.json.
MEASURES = {
    "confidence of the prediction": ("confidence", "lesion_dice"),
    "mean probability inside the mask": ("mean_probability", "candidates_dice"),
    "Dice that the probabilities let expect": ("soft_dice", "candidates_dice"),
    "agreement with the mirrored image": ("flip_agreement", "candidates_dice"),
}


def assess_uncertainty(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Compare confidence measures with the Dice of their masks, on images with a lesion.

    The measures are compared on the masks of all candidates, except the confidence that `predict` reports, which is
    compared on the masks that `predict` writes.

    Args:
        rows: results of `assess_image`.

    Returns:
        In ``measures``, with intervals: Spearman's ``rank_correlation`` with the Dice, and ``failure_auc``, the
        probability that a mask with a Dice below `FAILED` has less confidence than one with a higher Dice. And
        ``coverage``: the mean Dice of the most confident images, from all to a tenth of them.
    """
    lesions = [row for row in rows if row["truth_pixels"] > 0]
    groups = [row["group"] for row in lesions]
    measures = {}
    for title, (column, target) in MEASURES.items():
        confidence, score = (np.array([row[name] for row in lesions]) for name in (column, target))
        measures[title] = {
            "rank_correlation": with_interval(_correlation(confidence, score), groups),
            "failure_auc": with_interval(auc(confidence, score >= FAILED), groups),
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
    def correlation(chosen: np.ndarray) -> float:
        if min(len(np.unique(values[chosen])) for values in (first, second)) < 2:
            return math.nan
        return float(spearmanr(first[chosen], second[chosen]).statistic)

    return correlation


def auc(score: np.ndarray, positive: np.ndarray) -> Callable[[np.ndarray], float]:
    """Return a function that computes the area under the ROC curve for chosen images."""

    def area(chosen: np.ndarray) -> float:
        positives, negatives = score[chosen][positive[chosen]], score[chosen][~positive[chosen]]
        if not (positives.size and negatives.size):
            return math.nan
        return float(
            mannwhitneyu(positives, negatives, method="asymptotic").statistic / (positives.size * negatives.size)
        )

    return area
