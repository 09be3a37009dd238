# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Folds: stratified, whole groups, balanced, and the same again for the same seed."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from scripts.data.folds import assign_folds, random_folds
from scripts.errors import InputError

BUSI = ["benign"] * 437 + ["malignant"] * 210 + ["normal"] * 133


def random_groups(size: int, seed: int) -> list[int]:
    """Groups as BUSI has them: most images alone, some pairs, few of up to eight, a few across classes."""
    draw = random.Random(seed)
    groups: list[int] = []
    while len(groups) < size:
        groups += [len(groups)] * draw.choices((1, 2, 3, 5, 8), weights=(60, 25, 10, 3, 2))[0]
    groups = groups[:size]
    for _ in range(10):
        groups[draw.randrange(size)] = groups[draw.randrange(size)]
    return groups


def worst_share(classes: list[str], folds: list[int]) -> float:
    """The greatest difference of a class's share of a fold from its share of all images."""
    sizes, overall = Counter(folds), Counter(classes)
    counts = Counter(zip(folds, classes))
    return max(
        abs(counts[fold, name] / sizes[fold] - overall[name] / len(classes)) for fold in sizes for name in overall
    )


@pytest.mark.parametrize("num_folds", [2, 5, 10])
@pytest.mark.parametrize("seed", range(6))
def test_groups_stay_whole_and_classes_balanced(num_folds: int, seed: int) -> None:
    groups = random_groups(len(BUSI), seed)
    folds = assign_folds(BUSI, groups, num_folds, seed)
    of_group = defaultdict(set)
    for group, fold in zip(groups, folds):
        of_group[group].add(fold)
    assert all(len(folds) == 1 for folds in of_group.values())
    sizes = Counter(folds)
    assert set(sizes) == set(range(num_folds))
    assert max(sizes.values()) - min(sizes.values()) <= 2
    assert worst_share(BUSI, folds) <= 0.03


@pytest.mark.parametrize("seed", range(6))
def test_random_folds_are_stratified_and_tear_groups(seed: int) -> None:
    folds = random_folds(BUSI, 5, seed)
    assert worst_share(BUSI, folds) <= 0.01
    assert set(Counter(folds).values()) <= {155, 156, 157}
    torn = defaultdict(set)
    for group, fold in zip(random_groups(len(BUSI), seed), folds):
        torn[group].add(fold)
    assert any(len(folds) > 1 for folds in torn.values())


def test_seed_decides() -> None:
    groups = random_groups(len(BUSI), 0)
    assert assign_folds(BUSI, groups, 5, 3) == assign_folds(BUSI, groups, 5, 3)
    assert assign_folds(BUSI, groups, 5, 3) != assign_folds(BUSI, groups, 5, 4)
    assert random_folds(BUSI, 5, 3) == random_folds(BUSI, 5, 3) != random_folds(BUSI, 5, 4)


def test_group_labels_do_not_matter() -> None:
    groups = random_groups(len(BUSI), 1)
    renamed = [1000 - group for group in groups]
    assert assign_folds(BUSI, groups, 5, 0) == assign_folds(BUSI, renamed, 5, 0)


def test_large_group_leaves_no_fold_empty() -> None:
    folds = assign_folds(["benign"] * 12, [0] * 8 + [1, 2, 3, 4], 5, 0)
    assert sorted(Counter(folds).values()) == [1, 1, 1, 1, 8]


def test_without_folds_few_images_will_do() -> None:
    assert assign_folds(["benign"], [0], None, seed=0) == [0]
    assert random_folds(["benign", "normal"], None, seed=0) == [0, 0]


@pytest.mark.parametrize(
    ("num_folds", "seed", "groups", "message"),
    [
        (1, 0, range(4), "--num_folds 1: must be at least 2"),
        (2, -1, range(4), "--seed -1: must be at least 0"),
        (5, 0, range(4), "--num_folds 5: too many folds for 4 images in 4 groups"),
        (3, 0, [0, 0, 1, 1], "--num_folds 3: too many folds for 4 images in 2 groups"),
    ],
)
def test_errors(num_folds: int, seed: int, groups: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        assign_folds(["benign"] * 4, groups, num_folds, seed)
