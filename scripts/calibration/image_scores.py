# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Metrics and confidence measures of one image, with and without calibration."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ..metrics.dice import dice
from ..metrics.overlap import image_metrics
from ..postprocessing.calibration import Calibration
from ..postprocessing.lesions import find_lesions
from .fit import lesion_score
from .observations import Observation


def assess_image(observation: Observation, calibration: Calibration) -> dict[str, Any]:
    """Return the metrics of an image's prediction and several measures of its confidence.

    Args:
        observation: the image with uncalibrated probabilities.
        calibration: calibration and post-processing to apply.
    """
    plain = find_lesions(observation.probability, Calibration())
    probability = calibration.correct(observation.probability)
    finding = find_lesions(probability, calibration)
    # Without minimum confidence, so that all confidence measures are compared on the same masks.
    candidates = find_lesions(probability, replace(calibration, min_confidence=0.0))
    inside = probability[candidates.mask]
    expected = 2 * inside.sum() / (candidates.mask.sum() + probability.sum()) if inside.size else 0.0
    prediction, label = (_one_hot(mask) for mask in (finding.mask, observation.ground_truth))
    return {
        "image": observation.name,
        "class": observation.label_class,
        "group": observation.group,
        **image_metrics(prediction, label, observation.spacing),
        "lesion_share": float(observation.ground_truth.mean()),
        "plain_dice": dice(plain.mask, observation.ground_truth, empty=math.nan),
        "candidates_dice": dice(candidates.mask, observation.ground_truth, empty=math.nan),
        "lesion_found": finding.lesion_found,
        "lesion_score": lesion_score(probability, calibration),
        "confidence": finding.confidence,
        "mean_probability": float(inside.mean()) if inside.size else 0.0,
        "soft_dice": float(expected),
        "flip_agreement": observation.flip_agreement,
    }


def _one_hot(mask: np.ndarray) -> torch.Tensor:
    lesion = torch.from_numpy(np.ascontiguousarray(mask.T)).float()
    return torch.stack([1 - lesion, lesion])
