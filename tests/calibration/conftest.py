# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Images with and without a lesion."""

from __future__ import annotations

import numpy as np
import pytest

from tests.calibration.observations import observation, square


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
