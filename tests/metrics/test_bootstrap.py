# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest

from scripts.metrics.bootstrap import bootstrap_interval, bootstrap_interval_by_seed, with_interval


def test_published_intervals_come_again():
    """To the last digit: what NumPy's generator draws, written out."""
    random = np.random.default_rng(3)
    values, groups = random.random((3, 60)), random.integers(0, 40, 60)
    names = np.unique(groups)
    sums = np.array([[own[groups == name].sum() for name in names] for own in values])
    sizes = np.array([(groups == name).sum() for name in names])
    drawn = np.random.default_rng(0).integers(0, len(names), (2000, len(names)))
    means = sums[0][drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    assert bootstrap_interval(values[0], groups) == pytest.approx(np.percentile(means, [2.5, 97.5]), rel=1e-14)
    generator = np.random.default_rng(0)
    seeds, drawn = generator.integers(0, 3, (2000, 3)), generator.integers(0, len(names), (2000, len(names)))
    means = np.take_along_axis(sums[seeds].mean(axis=1), drawn, axis=1).sum(axis=1) / sizes[drawn].sum(axis=1)
    expected = np.percentile(means, [2.5, 97.5])
    assert bootstrap_interval_by_seed(values, groups) == pytest.approx(expected, rel=1e-14)
    members = [np.flatnonzero(groups == name) for name in names]
    generator = np.random.default_rng(0)
    medians = [
        np.median(values[0][np.concatenate([members[i] for i in generator.integers(0, len(names), len(names))])])
        for _ in range(1000)
    ]
    figure = with_interval(lambda chosen: float(np.median(values[0][chosen])), groups)
    assert figure == {"value": np.median(values[0]), "ci95": list(np.percentile(medians, [2.5, 97.5]))}


def test_one_group_or_one_seed_varies_no_more():
    values = np.array([[0.2, 0.4], [0.6, 0.8]])
    assert bootstrap_interval(values[0], [7, 7]) == pytest.approx((0.3, 0.3))
    assert with_interval(lambda chosen: float(values[0][chosen].max()), [7, 7])["ci95"] == [0.4, 0.4]
    assert bootstrap_interval_by_seed(values[:1], [0, 1]) == bootstrap_interval(values[0], [0, 1])
    assert bootstrap_interval_by_seed(values, [7, 7]) == pytest.approx((0.3, 0.7))


def test_near_identical_images_are_no_further_evidence():
    values = np.array([0.0, 1.0] * 20)
    mean = lambda chosen: float(values[chosen].mean())  # noqa: E731
    alone = with_interval(mean, list(range(40)))
    twins = with_interval(mean, [i // 2 for i in range(40)])
    assert alone["value"] == twins["value"] == 0.5
    assert alone["ci95"][1] - alone["ci95"][0] > 0.2
    assert twins["ci95"] == [0.5, 0.5]  # each group has one of each


def test_draws_that_tell_nothing_are_left_out():
    figure = with_interval(lambda chosen: math.nan if len(set(chosen)) < 3 else 1.0, [0, 1, 2])
    assert figure["ci95"] == [1.0, 1.0]
