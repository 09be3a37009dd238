# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Bootstrap intervals of figures that are no means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

DRAWS = 1000


def with_interval(
    statistic: Callable[[np.ndarray], float], groups: Sequence[Any], seed: int = 0, draws: int = DRAWS
) -> dict[str, Any]:
    """Return a figure with its bootstrap 95 % interval, drawn by groups of near-identical images.

    Args:
        statistic: the figure for the images whose indices it is given; NaN where they do not determine it.
        groups: the group of each image.
        seed: of the draws.
        draws: their number.

    Returns:
        ``value`` and ``ci95``, low and high.
    """
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(group == number) for number in range(group.max() + 1)]
    random = np.random.default_rng(seed)
    values = [
        statistic(np.concatenate([members[i] for i in random.integers(0, len(members), len(members))]))
        for _ in range(draws)
    ]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return {"value": float(statistic(np.arange(len(group)))), "ci95": [float(low), float(high)]}
