# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Thresholds that find a share of the lesions."""

from __future__ import annotations

import pytest

from scripts.metrics.sensitivity import threshold_at_sensitivity


@pytest.mark.parametrize(
    ("sensitivity", "others", "threshold"),
    [
        (1.0, [], 0.2),  # nothing is lower
        (1.0, [0.1], 0.15),
        (0.75, [], 0.35),  # midway between 0.2 and 0.5
        (0.75, [0.4], 0.45),
        (0.75, [0.5, 0.9], 0.35),  # only lower ones count
        (1e-12, [], 0.8),
    ],
)
def test_the_threshold_is_midway_to_the_next_lower_score(sensitivity, others, threshold):
    found = threshold_at_sensitivity([0.9, 0.2, 0.5, 0.7], [""] * 4, sensitivity, others)
    assert found == pytest.approx(threshold)


def test_the_share_is_reached_in_each_data_set():
    scores, names = [0.9] * 8 + [0.3, 0.6], ["plain"] * 8 + ["hard"] * 2
    assert threshold_at_sensitivity(scores, names, 0.9) == pytest.approx(0.3)  # 9 of all 10 are above 0.6
