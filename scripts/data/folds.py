# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Cross-validation folds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from ..errors import InputError


def assign_folds(classes: Sequence[str], groups: Sequence[int], num_folds: int, seed: int) -> list[int]:
    """Spread images over folds so that no group straddles two and every fold has the classes' overall shares.

    The groups, the largest first and those of one size in an order drawn from `seed`, each go to the fold where the
    squared deviation of the class counts and of the fold's size from their targets (an equal part) grows least.
    Shares can be no finer than the groups: with many small groups they stay within three percentage points.

    Args:
        classes: the class of each image.
        groups: the group of each image, as long as `classes`.
        num_folds: at least 2 and at most the number of groups, so that no fold stays empty.
        seed: 0 or greater.

    Returns:
        The fold of each image, 0 to ``num_folds - 1``.

    Raises:
        InputError: for `num_folds` or `seed` out of range.
    """
    if num_folds < 2:
        raise InputError(f"--num_folds {num_folds}: at least 2 are needed")
    if seed < 0:
        raise InputError(f"--seed {seed}: 0 or greater is needed")
    members: dict[int, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    if len(members) < num_folds:
        raise InputError(
            f"--num_folds {num_folds}: too many for {len(classes)} images in {len(members)} groups that must stay whole"
        )

    names = sorted(set(classes))
    order = list(members.values())
    random.Random(seed).shuffle(order)
    order.sort(key=len, reverse=True)
    # The last column counts all images, so that the remainders of the classes do not pile up in one fold.
    counts = np.zeros((num_folds, len(names) + 1), dtype=np.int64)
    folds = [0] * len(classes)
    for indices in order:
        added = np.array([*(sum(classes[index] == name for index in indices) for name in names), len(indices)])
        # (counts + added - target)² - (counts - target)², less the terms that all folds share.
        fold = int(np.argmin(counts @ added))
        counts[fold] += added
        for index in indices:
            folds[index] = fold
    return folds


def random_folds(classes: Sequence[str], num_folds: int, seed: int) -> list[int]:
    """Spread images over folds by class alone, near-duplicates wherever they fall: the split that leaks.

    It is there to measure by how much a leaking split flatters a model. Arguments, result and errors are those of
    `assign_folds` with every image a group of its own.
    """
    return assign_folds(classes, range(len(classes)), num_folds, seed)
