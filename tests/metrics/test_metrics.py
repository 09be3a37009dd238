# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest
import torch

from scripts.metrics.overlap import AVERAGES, MEASURES, image_metrics
from scripts.metrics.summary import summarise


def one_hot(rows):
    lesion = torch.tensor(rows, dtype=torch.float32)
    return torch.stack([1 - lesion, lesion])


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


def test_without_a_lesion_there_is_no_lesion_score():
    values = image_metrics(one_hot([[0, 1], [0, 0]]), one_hot([[0, 0], [0, 0]]))
    assert all(math.isnan(values[f"{average}_{name}"]) for average in AVERAGES for name in MEASURES)
    assert values["predicted_pixels"] == 1


def rows():
    good = image_metrics(one_hot([[1, 0], [0, 0]]), one_hot([[1, 0], [0, 0]]))
    missed = image_metrics(one_hot([[0, 0], [0, 0]]), one_hot([[1, 0], [0, 0]]))
    clean = image_metrics(one_hot([[0, 0], [0, 0]]), one_hot([[0, 0], [0, 0]]))
    alarm = image_metrics(one_hot([[1, 0], [0, 0]]), one_hot([[0, 0], [0, 0]]))
    return [
        {"class": "benign", "group": 0, **good},
        {"class": "benign", "group": 1, **good},
        {"class": "malignant", "group": 2, **missed},
        {"class": "normal", "group": 3, **clean},
        {"class": "normal", "group": 4, **alarm},
    ]


def test_summary_over_images_with_a_lesion():
    summary = summarise(rows())
    assert (summary["images"], summary["lesion_images"]) == (5, 3)
    dice = summary["lesion_dice"]
    assert dice["mean"] == pytest.approx(2 / 3)
    assert dice["std"] == pytest.approx(math.sqrt(2 / 9))
    assert (dice["median"], dice["q1"], dice["q3"]) == (1, 0.5, 1)
    assert dice["ci95"] == [0, 1]
    assert summary["classes"]["benign"]["lesion_dice"] == 1
    assert summary["classes"]["malignant"]["lesion_dice"] == 0
    assert "normal" not in summary["classes"]


def test_false_positive_rate_on_normals_where_there_are_any():
    assert summarise(rows())["false_positive_rate"] == 0.5
    assert "false_positive_rate" not in summarise(rows()[:3])


def test_normals_alone_have_a_false_positive_rate_and_no_scores():
    summary = summarise(rows()[3:])
    assert summary["lesion_dice"] is None
    assert summary["false_positive_rate"] == 0.5


def test_the_interval_does_not_take_copies_of_an_image_for_evidence():
    good, missed, *_ = rows()[1:]
    apart = [{**row, "group": i} for i, row in enumerate([good, missed] * 20)]
    copies = [{**row, "group": i % 2} for i, row in enumerate([good, missed] * 20)]
    low, high = summarise(apart)["lesion_dice"]["ci95"]
    assert 0.3 < low < 0.5 < high < 0.7
    assert summarise(copies)["lesion_dice"]["ci95"] == [0, 1]
    assert summarise(copies)["lesion_dice"]["mean"] == summarise(apart)["lesion_dice"]["mean"] == 0.5
