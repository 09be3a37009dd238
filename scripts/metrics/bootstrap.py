# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Bootstrap 95 % intervals over groups of near-identical images.

Whole groups are drawn with replacement, since near-identical images are no independent evidence (the cluster bootstrap;
Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import DegenerateDataWarning, bootstrap

DRAWS_OF_MEANS, DRAWS = 2000, 1000


def bootstrap_interval(
    values: Sequence[float] | np.ndarray, groups: Sequence[Any], seed: int = 0
) -> tuple[float, float]:
    """Return the interval of a mean over images.

    Args:
        values: one for each image, at least one.
        groups: the group of each image.
        seed: of the draws.
    """

    def mean(sums: np.ndarray, sizes: np.ndarray, axis: int = -1) -> np.ndarray:
        return sums.sum(axis) / sizes.sum(axis)

    return _interval(group_sums(values, groups), mean, DRAWS_OF_MEANS, seed, paired=True, vectorized=True)


def bootstrap_interval_by_seed(values: np.ndarray, groups: Sequence[Any]) -> tuple[float, float]:
    """Return the interval of a mean over seeds and images, the seeds drawn as well.

    Args:
        values: shape (seeds, images).
        groups: the group of each image.
    """
    # SciPy refuses to draw from a single one.
    if len(values) == 1:
        return bootstrap_interval(values[0], groups)
    sums, sizes = group_sums(values[0], groups)
    if len(sizes) == 1:
        return bootstrap_interval(values.mean(axis=1), range(len(values)))
    sums = np.stack([group_sums(own, groups)[0] for own in values])

    def mean(seeds: np.ndarray, chosen: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.take_along_axis(sums[seeds].mean(axis=-2), chosen, axis).sum(axis) / sizes[chosen].sum(axis)

    return _interval((np.arange(len(sums)), np.arange(len(sizes))), mean, DRAWS_OF_MEANS, seed=0, vectorized=True)


def with_interval(
    statistic: Callable[[np.ndarray], float], groups: Sequence[Any], seed: int = 0, draws: int = DRAWS
) -> dict[str, Any]:
    """Return a figure that is no mean, with its interval.

    Args:
        statistic: the figure of the images whose indices it is given; NaN where they do not determine it, and such
            draws do not count.
        groups: the group of each image.
        seed: of the draws.
        draws: their number.

    Returns:
        ``value`` and ``ci95``, low and high.
    """
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(group == number) for number in range(group.max() + 1)]

    def of_groups(chosen: np.ndarray) -> float:
        return statistic(np.concatenate([members[i] for i in chosen]))

    interval = _interval((np.arange(len(members)),), of_groups, draws, seed, vectorized=False)
    return {"value": float(statistic(np.arange(len(group)))), "ci95": list(interval)}


def group_sums(values: Sequence[float] | np.ndarray, groups: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of the values of each group and the number of its images, in the order of the groups' names."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    return np.bincount(group, weights=np.asarray(values, dtype=float)), np.bincount(group)


def _interval(
    samples: Sequence[np.ndarray], statistic: Callable[..., Any], draws: int, seed: int, **how: bool
) -> tuple[float, float]:
    if len(samples[0]) == 1:  # SciPy refuses it; all draws are the same
        return (float(statistic(*samples)),) * 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # of draws that are NaN
        drawn = bootstrap(
            samples, statistic, n_resamples=draws, method="percentile", rng=np.random.default_rng(seed), **how
        )
    # SciPy's own interval is NaN where a draw is, and its 2.5th percentile the one at 2.5000000000000022.
    low, high = np.nanpercentile(drawn.bootstrap_distribution, [2.5, 97.5])
    return float(low), float(high)
