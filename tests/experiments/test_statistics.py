# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest

from scripts.errors import InputError
from scripts.experiments.statistics import Difference, Estimate, claim, compare, pool, verdict
from tests.experiments.results import cell, images, normals

RISING = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08)


def test_a_difference_by_hand(put):
    first = [put(cell("taught", 0), images(0.8, 0.6)), put(cell("taught", 1), images(0.6, 0.6))]
    second = [put(cell("student", seed), images(0.5, 0.5)) for seed in (0, 1)]
    difference = compare(first, second)
    assert (difference.seeds, difference.images, difference.groups) == ((0, 1), 2, 2)
    assert difference.dice.mean == pytest.approx(0.15)  # 0.2 and 0.1
    assert (difference.dice.low, difference.dice.high) == pytest.approx((0.1, 0.3))  # of the first seed's first image
    assert difference.dice.seed_std == pytest.approx(0.1 / math.sqrt(2))  # seeds 0.2 and 0.1
    swapped = compare(second, first)
    assert swapped.dice.mean == pytest.approx(-0.15)
    assert (swapped.dice.low, swapped.dice.high) == pytest.approx((-0.3, -0.1))


def test_seeds_that_disagree_allow_no_claim(put):
    """Though every image is better in the mean over the seeds, and by the same amount."""
    first = [put(cell("taught", seed), images(*[0.5 + gain] * 9)) for seed, gain in enumerate((0.06, 0.05, -0.01))]
    second = [put(cell("student", seed), images(*[0.5] * 9)) for seed in range(3)]
    difference = compare(first, second)
    assert difference.dice.mean == pytest.approx(0.1 / 3)
    assert (difference.dice.low, difference.dice.high) == pytest.approx((-0.01, 0.06))
    assert claim(difference) == "no difference shown"


def test_images_are_paired_by_name_whatever_their_order(put):
    first = [put(cell("taught"), images(0.9, 0.3, 0.6))]
    second = [put(cell("student"), images(0.8, 0.2, 0.5)[::-1])]
    difference = compare(first, second)
    assert (difference.dice.low, difference.dice.high) == pytest.approx((0.1, 0.1))


def test_the_signed_rank_test_by_hand(put):
    better = [put(cell("taught"), images(*(0.5 + x for x in RISING)))]
    mixed = [put(cell("teacher"), images(*(0.5 + x * (-1) ** i for i, x in enumerate(RISING))))]
    same = [put(cell("student"), images(*[0.5] * 8))]
    assert compare(better, same).p == pytest.approx(2 / 2**8)
    assert compare(mixed, same).p > 0.5
    assert compare(same, same).p == 1


def test_copies_of_an_image_are_one_piece_of_evidence(put):
    # Each group's mean difference is that of RISING, from two images that differ far more.
    gains = [x + side for x in RISING for side in (-0.2, 0.2)]
    groups = [i for i in range(8) for _ in range(2)]
    first = [put(cell("taught"), images(*(0.5 + gain for gain in gains), groups=groups))]
    second = [put(cell("student"), images(*[0.5] * 16, groups=groups))]
    difference = compare(first, second)
    assert (difference.images, difference.groups) == (16, 8)
    assert difference.p == pytest.approx(2 / 2**8)
    assert 0.01 < difference.dice.low < 0.045 < difference.dice.high < 0.08


def test_only_seeds_that_both_have_count(put):
    first = [put(cell("taught", 0), images(0.9, 0.9)), put(cell("taught", 1), images(0.6, 0.6))]
    second = [put(cell("student", 1), images(0.5, 0.5)), put(cell("student", 2), images(0.1, 0.1))]
    difference = compare(first, second)
    assert difference.seeds == (1,)
    assert difference.dice.mean == pytest.approx(0.1)
    assert difference.dice.seed_std is None
    with pytest.raises(InputError, match="without a seed in common"):
        compare(first[:1], second)


def test_images_without_a_lesion_are_not_compared(put):
    first = [put(cell("taught"), images(0.7, 0.7) + normals(9))]
    second = [put(cell("student"), images(0.5, 0.5) + normals(0))]
    difference = compare(first, second)
    assert difference.images == 2
    assert difference.dice.mean == pytest.approx(0.2)
    assert (difference.normals, difference.false_positives.mean) == (1, 1)
    alone = [put(cell("teacher"), normals(9))]
    with pytest.raises(InputError, match="tiny/busi/fold0/seed0/teacher: no image of this evaluation has a lesion"):
        compare(alone, alone)


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (images(0.5), "benign/1.png"),
        (images(0.5, 0.5, 0.5), "benign/2.png"),
        (images(0.5, 0.5, groups=[0, 0]), "benign/1.png"),
    ],
)
def test_other_images_or_groups_are_not_compared(put, rows, name):
    first, second = [put(cell("taught"), images(0.5, 0.5))], [put(cell("student"), rows)]
    with pytest.raises(InputError, match="different images") as raised:
        compare(first, second)
    for part in ("tiny/busi/fold0/seed0/taught", "tiny/busi/fold0/seed0/student", name):
        assert part in str(raised.value)
    with pytest.raises(InputError, match="seed0/taught and tiny/busi/fold0/seed1/taught were tested on different"):
        pool([*first, put(cell("taught", 1), rows)])


def test_a_summary_by_hand(put):
    rows = [images(0.8, 0.4) + images(0.1, label_class="malignant", start=2) + normals(0, 7)]
    rows += [images(0.6, 0.4) + images(0.3, label_class="malignant", start=2) + normals(5, 7)]
    summary = pool([put(cell("student", seed), rows[seed]) for seed in (0, 1)])
    assert summary.seeds == (0, 1)
    assert summary.images == {"benign/0.png", "benign/1.png", "malignant/2.png"}
    assert (summary.groups, summary.normals) == (3, 2)
    dice = summary.measures["lesion_dice"]
    assert dice.mean == pytest.approx((0.7 + 0.4 + 0.2) / 3)
    assert (dice.low, dice.high) == pytest.approx((0.2, 0.7))  # the same image three times, either way
    assert dice.seed_std == pytest.approx(0)  # 1.3 / 3 twice
    assert summary.measures["mean_recall"].mean == pytest.approx(dice.mean + 0.22)
    alarms = summary.false_positives
    assert (alarms.mean, alarms.low, alarms.high) == pytest.approx((3 / 4, 1 / 2, 1))  # one seed marks the first
    assert alarms.seed_std == pytest.approx(0.5 / math.sqrt(2))


def test_classes_are_chosen(put):
    rows = images(0.8, 0.4) + images(0.1, label_class="malignant", start=2) + normals(7)
    results = [put(cell("student"), rows)]
    malignant = pool(results, ["malignant"])
    assert malignant.images == {"malignant/2.png"}
    assert malignant.measures["lesion_dice"].mean == pytest.approx(0.1)
    assert (malignant.normals, malignant.false_positives) == (0, None)
    normal = pool(results, ["normal"])
    assert (normal.images, dict(normal.measures), normal.false_positives.mean) == (frozenset(), {}, 1.0)


def test_folds_of_a_seed_are_joined(put):
    folds = [put(cell("student", fold=0), images(0.8)), put(cell("student", fold=1), images(0.4, start=1))]
    summary = pool(folds)
    assert (summary.seeds, len(summary.images)) == ((0,), 2)
    assert summary.measures["lesion_dice"].mean == pytest.approx(0.6)
    twice = put(cell("student", fold=1), images(0.4))
    with pytest.raises(InputError, match=r"fold1/seed0/student: 'benign/0.png' was already tested in another fold"):
        pool([folds[0], twice])


def difference(mean, low, high, seeds=3, groups=100, p=0.01):
    return Difference(tuple(range(seeds)), 100, groups, Estimate(mean, low, high, None), p)


@pytest.mark.parametrize(
    ("given", "said", "sentence"),
    [
        (difference(0.021, 0.004, 0.038), "gain", "gain of 0.021 [0.004, 0.038], p = 0.010, 3 seeds"),
        (difference(-0.021, -0.038, -0.004), "loss", "loss of 0.021 [0.004, 0.038], p = 0.010, 3 seeds"),
        (
            difference(0.002, -0.004, 0.008, p=0.4),
            "no difference shown",
            "no difference shown: 0.002 [-0.004, 0.008], p = 0.400, 3 seeds",
        ),
        (difference(0.021, 0.0, 0.038), "no difference shown", None),
        (difference(0.021, 0.004, 0.038, p=1e-9), "gain", "gain of 0.021 [0.004, 0.038], p < 0.001, 3 seeds"),
        (difference(0.021, 0.004, 0.038, seeds=1), "no claim: 1 seed", "no claim: 1 seed"),
        (difference(-0.021, -0.038, -0.004, seeds=2), "no claim: 2 seeds", "no claim: 2 seeds"),
        (difference(0.021, 0.004, 0.038, groups=5), "no claim: 5 independent images", None),
        (difference(0.021, 0.004, 0.038, groups=6), "gain", None),
    ],
)
def test_a_claim_needs_three_seeds_and_an_interval_without_zero(given, said, sentence):
    assert claim(given) == said
    if sentence:
        assert verdict(given) == sentence
