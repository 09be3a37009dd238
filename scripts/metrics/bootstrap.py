# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Bootstrap 95 % intervals over groups of near-identical images.

Whole groups are resampled with replacement, because near-identical images are not independent (cluster bootstrap;
Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import DegenerateDataWarning, bootstrap

DRAWS_OF_MEANS, DRAWS = 2000, 1000


def bootstrap_interval(
    values: Sequence[float] | np.ndarray, groups: Sequence[Any], seed: int = 0
) -> tuple[float, float]:
    """Return the bootstrap 95 % interval of a mean over images.

    Args:
        values: one for each image, at least one.
        groups: the group of each image.
        seed: random seed.
    """

    def mean(sums: np.ndarray, sizes: np.ndarray, axis: int = -1) -> np.ndarray:
        return sums.sum(axis) / sizes.sum(axis)

    return _interval(group_sums(values, groups), mean, DRAWS_OF_MEANS, seed, paired=True, vectorized=True)


def bootstrap_interval_by_seed(values: np.ndarray, groups: Sequence[Any]) -> tuple[float, float]:
    """Return the bootstrap 95 % interval of a mean over seeds and images; seeds and groups are both resampled.

    Args:
        values: shape (seeds, images).
        groups: the group of each image.
    """
    # SciPy cannot resample a single seed.
    if len(values) == 1:
        return bootstrap_interval(values[0], groups)
    sums, sizes = group_sums(values[0], groups)
    if len(sizes) == 1:
        return bootstrap_interval(values.mean(axis=1), range(len(values)))
    sums = np.stack([group_sums(of_seed, groups)[0] for of_seed in values])

    def mean(seeds: np.ndarray, chosen: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.take_along_axis(sums[seeds].mean(axis=-2), chosen, axis).sum(axis) / sizes[chosen].sum(axis)

    return _interval((np.arange(len(sums)), np.arange(len(sizes))), mean, DRAWS_OF_MEANS, seed=0, vectorized=True)


def with_interval(
    statistic: Callable[[np.ndarray], float], groups: Sequence[Any], seed: int = 0, draws: int = DRAWS
) -> dict[str, Any]:
    """Return any statistic of the images with its bootstrap 95 % interval.

    Args:
        statistic: computes the value from the indices of the chosen images; NaN where it is undefined. Resamples with
            NaN are ignored.
        groups: the group of each image.
        seed: random seed.
        draws: number of resamples.

    Returns:
        ``value``, and ``ci95`` with the lower and upper limit.
    """
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(group == number) for number in range(group.max() + 1)]

    def of_groups(chosen: np.ndarray) -> float:
        return statistic(np.concatenate([members[i] for i in chosen]))

    interval = _interval((np.arange(len(members)),), of_groups, draws, seed, vectorized=False)
    return {"value": float(statistic(np.arange(len(group)))), "ci95": list(interval)}


def group_sums(values: Sequence[float] | np.ndarray, groups: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of the values of each group and the number of its images, sorted by group."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    return np.bincount(group, weights=np.asarray(values, dtype=float)), np.bincount(group)


def _interval(
    samples: Sequence[np.ndarray], statistic: Callable[..., Any], draws: int, seed: int, **how: bool
) -> tuple[float, float]:
    if len(samples[0]) == 1:  # SciPy rejects it; all resamples are the same
        return (float(statistic(*samples)),) * 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # for resamples that are NaN
        drawn = bootstrap(
            samples, statistic, n_resamples=draws, method="percentile", rng=np.random.default_rng(seed), **how
        )
    # SciPy's interval is NaN if any resample is, and its lower limit is at 2.5000000000000022 %.
    known = drawn.bootstrap_distribution[~np.isnan(drawn.bootstrap_distribution)]
    low, high = np.percentile(known, [2.5, 97.5]) if known.size else (math.nan, math.nan)
    return float(low), float(high)
