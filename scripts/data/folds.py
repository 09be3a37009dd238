# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Cross-validation folds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from ..errors import InputError


def assign_folds(classes: Sequence[str], groups: Sequence[int], num_folds: int | None, seed: int) -> list[int]:
    """Assign images to folds, stratified by class, with all images of a group in the same fold.

    Groups are assigned one by one, largest first and in random order among groups of the same size, each to the fold
    where the squared deviation of the class counts and of the fold's size from equal shares grows least. With many
    small groups the class shares of the folds agree within three percentage points.

    Args:
        classes: class of each image.
        groups: group of each image, as long as `classes`.
        num_folds: number of folds, at least 2 and at most the number of groups; None for one fold with all images.
        seed: random seed, 0 or greater.

    Returns:
        Fold of each image, 0 to ``num_folds - 1``.

    Raises:
        InputError: `num_folds` or `seed` out of range.
    """
    if num_folds is None:
        return [0] * len(classes)
    if num_folds < 2:
        raise InputError(f"--num_folds {num_folds}: must be at least 2")
    if seed < 0:
        raise InputError(f"--seed {seed}: must be at least 0")
    members: dict[int, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    if len(members) < num_folds:
        raise InputError(
            f"--num_folds {num_folds}: too many folds for {len(classes)} images in {len(members)} groups; give "
            "fewer, or --whole_dataset to an evaluation"
        )

    names = sorted(set(classes))
    order = list(members.values())
    random.Random(seed).shuffle(order)
    order.sort(key=len, reverse=True)
    # The last column counts all images, so that rounding of the classes does not add up in one fold.
    counts = np.zeros((num_folds, len(names) + 1), dtype=np.int64)
    folds = [0] * len(classes)
    for indices in order:
        added = np.array([*(sum(classes[index] == name for index in indices) for name in names), len(indices)])
        # (counts + added - target)² - (counts - target)², without the terms that are the same for all folds.
        fold = int(np.argmin(counts @ added))
        counts[fold] += added
        for index in indices:
            folds[index] = fold
    return folds


def random_folds(classes: Sequence[str], num_folds: int | None, seed: int) -> list[int]:
    """Assign images to folds stratified by class, ignoring near-duplicates: a split with leakage.

    Use it only to measure the effect of leakage. Arguments, result and errors are those of `assign_folds` with a group
    for each image.
    """
    return assign_folds(classes, range(len(classes)), num_folds, seed)
