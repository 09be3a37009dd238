# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest

from scripts.metrics.overlap import AVERAGES, MEASURES, image_metrics
from tests.metrics.masks import one_hot


def test_one_image_by_hand():
    # 8 pixels: TP 2, FP 1, FN 2, TN 3.
    label = one_hot([[1, 1, 1, 1], [0, 0, 0, 0]])
    prediction = one_hot([[1, 1, 0, 0], [1, 0, 0, 0]])
    values = image_metrics(prediction, label)
    lesion = {"dice": 4 / 7, "iou": 2 / 5, "precision": 2 / 3, "recall": 2 / 4, "accuracy": 5 / 8}
    background = {"dice": 6 / 9, "iou": 3 / 6, "precision": 3 / 5, "recall": 3 / 4, "accuracy": 5 / 8}
    for name in MEASURES:
        assert values[f"lesion_{name}"] == pytest.approx(lesion[name])
        assert values[f"mean_{name}"] == pytest.approx((lesion[name] + background[name]) / 2)
    assert (values["truth_pixels"], values["predicted_pixels"]) == (4, 3)


def test_a_missed_lesion_scores_zero_also_in_precision():
    values = image_metrics(one_hot([[0, 0], [0, 0]]), one_hot([[1, 0], [0, 0]]))
    assert [values[f"lesion_{name}"] for name in ("dice", "iou", "precision", "recall")] == [0, 0, 0, 0]


def test_a_lesion_that_fills_the_image():
    """There is no background to average with."""
    label = one_hot([[1, 1], [1, 1]])
    perfect = image_metrics(label, label)
    assert [perfect[f"mean_{name}"] for name in MEASURES] == [1] * len(MEASURES)
    half = image_metrics(one_hot([[1, 1], [0, 0]]), label)
    assert (half["lesion_dice"], half["mean_dice"]) == pytest.approx((2 / 3, 1 / 3))


def test_without_a_lesion_there_is_no_lesion_score():
    values = image_metrics(one_hot([[0, 1], [0, 0]]), one_hot([[0, 0], [0, 0]]))
    assert all(math.isnan(values[f"{average}_{name}"]) for average in AVERAGES for name in MEASURES)
    assert values["predicted_pixels"] == 1
