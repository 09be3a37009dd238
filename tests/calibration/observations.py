# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Observations of small images."""

from __future__ import annotations

import math

import numpy as np

from scripts.calibration.observations import Observation


def observation(name, probability, truth, group=None, fold=0, agreement=1.0, dataset=""):
    """An image of 20×20 pixels: numbers fill it all."""
    return Observation(
        name=name,
        label_class="benign" if np.any(truth) else "normal",
        group=hash(name) if group is None else group,
        fold=fold,
        spacing=(math.nan, math.nan),
        probability=np.broadcast_to(np.float32(probability), (20, 20)).copy(),
        ground_truth=np.broadcast_to(np.asarray(truth, dtype=bool), (20, 20)).copy(),
        flip_agreement=agreement,
        dataset=dataset,
    )


def square(left, size=8):
    mask = np.zeros((20, 20), dtype=bool)
    mask[6 : 6 + size, left : left + size] = True
    return mask
