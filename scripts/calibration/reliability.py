# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Fit temperature and bias to pixel probabilities, and measure their calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

from ..metrics.bootstrap import with_interval
from ..metrics.sensitivity import image_weights
from ..postprocessing.calibration import MAX_BIAS, TEMPERATURES, Calibration
from .observations import Observation

BINS = 15
LEAST = 1e-6  # probabilities are clipped to [LEAST, 1 - LEAST], so that no single pixel dominates the log loss


def fit_scaling(observations: Sequence[Observation]) -> Calibration:
    """Return the temperature and bias with the lowest negative log likelihood, with the weights of `image_weights`.

    They are within `TEMPERATURES` and `MAX_BIAS`.

    The temperature is that of Guo et al., On Calibration of Modern Neural Networks, 2017,
    https://arxiv.org/abs/1706.04599; the bias is that of Platt, Probabilistic Outputs for Support Vector
    Machines, 1999.
    """
    samples = [observation.sample() for observation in observations]
    weights = image_weights([observation.dataset for observation in observations])

    def loss(parameters: np.ndarray) -> float:
        calibration = Calibration(temperature=float(np.exp(parameters[0])), bias=float(parameters[1]))
        return float(weights @ [_log_loss(calibration.correct(_bounded(p)), truth) for p, truth in samples])

    # Probabilities that tell nothing, or everything, have their lowest loss at infinity.
    limits = [tuple(np.log(TEMPERATURES)), (-MAX_BIAS, MAX_BIAS)]
    found = minimize(loss, x0=[0.0, 0.0], method="Nelder-Mead", bounds=limits, options={"xatol": 1e-3, "fatol": 1e-6})
    return Calibration(temperature=round(float(np.exp(found.x[0])), 3), bias=round(float(found.x[1]), 3))


def reliability(observations: Sequence[Observation]) -> dict[str, Any]:
    """Compare pixel probabilities with the observed frequency of lesion, with equal weight for each image.

    Returns:
        ``bins``: for each of `BINS` probability ranges, the share of the pixels in it, their mean probability, and
        the share of lesion among them; and, with intervals, ``ece``, the expected calibration error (the mean
        difference of the last two), ``brier``, the mean squared error, and ``log_loss``.
    """
    # All images share one set of bins. MONAI's `CalibrationErrorMetric` averages the errors of each image's bins, which
    # are the larger, the fewer pixels a bin has.
    tables, briers, losses = [], [], []
    for observation in observations:
        p, truth = observation.sample()
        which = np.minimum((p * BINS).astype(int), BINS - 1)
        tables.append([np.bincount(which, weights, BINS) / p.size for weights in (np.ones_like(p), p, truth)])
        briers.append(np.mean((p - truth) ** 2))
        losses.append(_log_loss(p, truth))
    table, brier, loss = np.array(tables), np.array(briers), np.array(losses)
    groups = [observation.group for observation in observations]

    def error(chosen: np.ndarray) -> float:
        _, predicted, true = table[chosen].mean(axis=0)
        return float(np.abs(predicted - true).sum())

    share, predicted, true = table.mean(axis=0)
    return {
        "ece": with_interval(error, groups),
        "brier": with_interval(lambda chosen: float(brier[chosen].mean()), groups),
        "log_loss": with_interval(lambda chosen: float(loss[chosen].mean()), groups),
        "bins": [
            {"share": float(n), "predicted": float(p / n), "true": float(t / n)}
            for n, p, t in zip(share, predicted, true)
            if n > 0
        ],
    }


def _bounded(probability: np.ndarray) -> np.ndarray:
    return np.clip(probability, LEAST, 1 - LEAST)


def _log_loss(probability: np.ndarray, truth: np.ndarray) -> float:
    bounded = _bounded(probability)
    return float(-np.mean(np.where(truth, np.log(bounded), np.log1p(-bounded))))
