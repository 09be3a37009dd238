# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Fit temperature and bias, and choose threshold, minimum size, hole filling and minimum confidence."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from ..errors import InputError
from ..metrics.dice import dice
from ..metrics.sensitivity import image_weights, threshold_at_sensitivity
from ..postprocessing.calibration import Calibration
from ..postprocessing.lesions import find_lesions
from .observations import Observation
from .reliability import fit_scaling

logger = logging.getLogger(__name__)

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)
MIN_SIZES = (0.0, 0.001, 0.002, 0.004, 0.008)


def fit_calibration(
    observations: Sequence[Observation], sensitivity: float
) -> tuple[Calibration, list[dict[str, Any]]]:
    """Fit temperature and bias, then choose the post-processing with the best lesion Dice and the minimum confidence.

    Of several data sets, each counts equally, and the sensitivity is reached in each.

    Args:
        observations: validation images, with and without lesions.
        sensitivity: lowest share of the images with a lesion in which a lesion must be found, 0 to 1. A warning says
            where it cannot be reached, because too many images have no candidate for a lesion.

    Returns:
        The calibration, and the mean lesion Dice of each post-processing that was tried.

    Raises:
        InputError: no image has a lesion.
    """
    if not any(observation.has_lesion for observation in observations):
        raise InputError("no validation image has a lesion; use weights whose validation folds have lesions")
    corrected = fit_scaling(observations)
    observations = [observation.corrected(corrected) for observation in observations]
    lesions = [observation for observation in observations if observation.has_lesion]
    normals = [observation for observation in observations if not observation.has_lesion]
    tried = [
        {
            "threshold": option.threshold,
            "min_size": option.min_size,
            "fill_holes": option.fill_holes,
            "lesion_dice": mean_dice(lesions, option),
        }
        for option in _options(corrected)
    ]
    # The first of several maxima is the one with the least post-processing.
    best = max(tried, key=lambda row: round(row["lesion_dice"], 4))
    chosen = replace(
        corrected,
        threshold=best["threshold"],
        min_size=best["min_size"],
        fill_holes=bool(best["fill_holes"]),
    )
    scores, others = (
        [lesion_score(observation.probability, chosen) for observation in images] for images in (lesions, normals)
    )
    datasets = [observation.dataset for observation in lesions]
    least = threshold_at_sensitivity(scores, datasets, sensitivity, others)
    for name in dict.fromkeys(datasets):
        candidate = [score >= chosen.threshold for score, dataset in zip(scores, datasets) if dataset == name]
        if np.mean(candidate) < sensitivity:
            logger.warning(
                f"--sensitivity {sensitivity}: cannot be reached{f' in {name}' if name else ''}: only "
                f"{sum(candidate)} of {len(candidate)} images with a lesion have a candidate for one"
            )
    return replace(chosen, min_confidence=float(np.floor(least * 1000) / 1000)), tried


def mean_dice(observations: Sequence[Observation], calibration: Calibration) -> float:
    """Return the mean Dice, by `image_weights`, of images with a lesion whose probabilities are calibrated already."""
    found = [find_lesions(observation.probability, calibration).mask for observation in observations]
    values = [dice(mask, image.ground_truth, empty=0.0) for mask, image in zip(found, observations)]
    return float(image_weights([observation.dataset for observation in observations]) @ values)


def lesion_score(probability: np.ndarray, calibration: Calibration) -> float:
    """Return the lesion score of an image: the mean probability of its most probable lesion candidate.

    Args:
        probability: calibrated lesion probability, shape (rows, columns).
        calibration: threshold, minimum size and hole filling of candidates.
    """
    # With a minimum confidence of 1, the confidence is that of the most probable candidate.
    return find_lesions(probability, replace(calibration, min_confidence=1.0)).lesion_confidence


def _options(scaling: Calibration) -> Iterator[Calibration]:
    """Yield the calibrations to try, those with the least post-processing first."""
    thresholds = sorted(THRESHOLDS, key=lambda threshold: abs(threshold - 0.5))
    for min_size, fill_holes, threshold in product(MIN_SIZES, (False, True), thresholds):
        yield replace(scaling, threshold=threshold, min_size=min_size, fill_holes=fill_holes)
