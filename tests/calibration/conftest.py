# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest

from scripts.calibration.observations import Observation


def observation(name, probability, truth, group=None, fold=0, agreement=1.0):
    """An image of 20×20 pixels: numbers fill it all."""
    return Observation(
        name=name,
        label_class="benign" if np.any(truth) else "normal",
        group=hash(name) if group is None else group,
        fold=fold,
        spacing=(math.nan, math.nan),
        probability=np.broadcast_to(np.float32(probability), (20, 20)).copy(),
        truth=np.broadcast_to(np.asarray(truth, dtype=bool), (20, 20)).copy(),
        flip_agreement=agreement,
    )


def square(left, size=8):
    mask = np.zeros((20, 20), dtype=bool)
    mask[6 : 6 + size, left : left + size] = True
    return mask


@pytest.fixture
def images():
    """Ten with a lesion, the surer the better they are found, and ten without, in which little is seen."""
    random = np.random.default_rng(0)
    found = []
    for i in range(10):
        truth, seen = square(6), square(6 + i)
        probability = np.where(seen, 0.95 - 0.04 * i, 0.02) + random.normal(0, 0.002, (20, 20))
        found.append(observation(f"lesion {i}", np.clip(probability, 0, 1), truth, group=i, agreement=1 - i / 10))
    for i in range(10):
        probability = np.where(square(6), 0.3 + 0.04 * i, 0.02)
        found.append(observation(f"normal {i}", probability, False, group=10 + i))
    return found
