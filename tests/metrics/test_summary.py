# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest

from scripts.metrics.overlap import image_metrics
from scripts.metrics.summary import summarise
from tests.metrics.masks import one_hot


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
