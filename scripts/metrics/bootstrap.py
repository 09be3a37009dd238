# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Bootstrap intervals over groups of near-identical images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

BOOTSTRAP = 2000


def bootstrap_interval(values: Sequence[float], groups: Sequence[Any], seed: int = 0) -> tuple[float, float]:
    """Return the bootstrap 95 % interval of a mean over images, drawn by group.

    Whole groups are drawn with replacement, since near-identical images are no independent evidence (the cluster
    bootstrap; Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).

    Args:
        values: one for each image, at least one.
        groups: the group of each image.
        seed: of the draws.
    """
    sums, sizes = group_sums(values, groups)
    draws = np.random.default_rng(seed).integers(0, len(sums), (BOOTSTRAP, len(sums)))
    low, high = np.percentile(sums[draws].sum(axis=1) / sizes[draws].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def group_sums(values: Sequence[float], groups: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of the values of each group and the number of its images, in the order of the groups' names."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    return np.bincount(group, weights=np.asarray(values, dtype=float)), np.bincount(group)
