# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a calibrated prediction is worth on images that it was not fitted to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from scipy.stats import rankdata, spearmanr

from scripts.metrics import bootstrap_interval, image_metrics
from scripts.prediction.calibration import Calibration
from scripts.prediction.finding import find_lesions
from scripts.trust.choice import lesion_score
from scripts.trust.intervals import with_interval
from scripts.trust.observations import Observation, dice

FAILED = 0.5  # a Dice below this is a failure
# Largest lesions of each size, as a share of the image.
SIZES = {"small, below 2 %": 0.02, "medium, 2 to 10 %": 0.10, "large, from 10 %": math.inf}


def assess_image(observation: Observation, calibration: Calibration) -> dict[str, Any]:
    """Return what is found in an image, how sure that is by several measures, and how right.

    Args:
        observation: with the network's own probabilities.
        calibration: corrects them, and decides.
    """
    plain = find_lesions(observation.probability, Calibration())
    probability = calibration.correct(observation.probability)
    finding = find_lesions(probability, calibration)
    # Measures of confidence are compared where all have a mask.
    candidates = find_lesions(probability, replace(calibration, min_confidence=0.0))
    inside = probability[candidates.mask]
    expected = 2 * inside.sum() / (candidates.mask.sum() + probability.sum()) if inside.size else 0.0
    prediction, label = (_one_hot(mask) for mask in (finding.mask, observation.truth))
    return {
        "image": observation.name,
        "class": observation.label_class,
        "group": observation.group,
        **image_metrics(prediction, label, observation.spacing),
        "lesion_share": float(observation.truth.mean()),
        "plain_dice": dice(plain.mask, observation.truth, empty=math.nan),
        "candidates_dice": dice(candidates.mask, observation.truth, empty=math.nan),
        "lesion_found": finding.lesion_found,
        "lesion_score": lesion_score(probability, calibration),
        "confidence": finding.confidence,
        "mean_probability": float(inside.mean()) if inside.size else 0.0,
        "soft_dice": float(expected),
        "flip_agreement": observation.flip_agreement,
    }


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
            "failure_auc": with_interval(_auc(sure, truth >= FAILED), groups),
        }
    ranked = sorted(lesions, key=lambda row: -row["confidence"])
    coverage = [
        {"share": share, "lesion_dice": float(np.mean([row["lesion_dice"] for row in ranked[:count]]))}
        for share in np.round(np.arange(1.0, 0.0, -0.1), 1).tolist()
        if (count := round(share * len(ranked)))
    ]
    failures = sum(row["lesion_dice"] < FAILED for row in lesions)
    return {"images": len(lesions), "failures": failures, "measures": measures, "coverage": coverage}


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
        "auc": with_interval(_auc(scores, lesion), groups),
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


def assess_parts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the lesion Dice, with its interval, by class and by size of the lesion."""
    lesions = [row for row in rows if row["truth_pixels"] > 0]
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for row in lesions:
        parts.setdefault(row["class"], []).append(row)
    least = 0.0
    for size, most in SIZES.items():
        parts[size] = [row for row in lesions if least <= row["lesion_share"] < most]
        least = most
    return {
        name: {
            "images": len(own),
            "lesion_dice": float(np.mean([row["lesion_dice"] for row in own])),
            "ci95": list(bootstrap_interval([row["lesion_dice"] for row in own], [row["group"] for row in own])),
            "missed": sum(not row["lesion_found"] for row in own),
        }
        for name, own in parts.items()
        if own
    }


def assess_effect(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return by how much the mean lesion Dice changes with each step, with intervals of the differences.

    Returns:
        ``post_processing``: threshold, least size and holes, beside the plain threshold of 0.5 of the network's own
        probabilities; and ``decision``: the least confidence, after that.
    """
    lesions = [row for row in rows if row["truth_pixels"] > 0]
    groups = [row["group"] for row in lesions]
    result = {}
    for step, before, after in (
        ("post_processing", "plain_dice", "candidates_dice"),
        ("decision", "candidates_dice", "lesion_dice"),
    ):
        differences = [row[after] - row[before] for row in lesions]
        result[step] = {"value": float(np.mean(differences)), "ci95": list(bootstrap_interval(differences, groups))}
    return result


def _correlation(first: np.ndarray, second: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda chosen: float(spearmanr(first[chosen], second[chosen]).statistic)


def _auc(score: np.ndarray, positive: np.ndarray) -> Callable[[np.ndarray], float]:
    """Return the area under the curve, by ranks (Mann and Whitney), as a function of the images chosen."""

    def area(chosen: np.ndarray) -> float:
        ranks, own = rankdata(score[chosen]), positive[chosen]
        count = int(own.sum())
        if count in (0, own.size):
            return math.nan
        return float((ranks[own].sum() - count * (count + 1) / 2) / (count * (own.size - count)))

    return area


def _one_hot(mask: np.ndarray) -> torch.Tensor:
    lesion = torch.from_numpy(np.ascontiguousarray(mask.T)).float()
    return torch.stack([1 - lesion, lesion])
