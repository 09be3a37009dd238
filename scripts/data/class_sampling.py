# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Weighted sampling of training images: by class, and equally often from several data sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from torch.utils.data import WeightedRandomSampler

from ..errors import InputError


def class_sampler(
    items: Sequence[Mapping[str, Any]], factors: Mapping[str, float] | None = None
) -> WeightedRandomSampler:
    """Return a sampler that draws images with replacement, as many per epoch as there are images.

    Each of several data sets is drawn equally often, whatever its size, apart from the factors of its images. It uses
    torch's random number generator, which `scripts.handlers.EpochSeed` seeds in every epoch.

    Args:
        items: items from `select`, with their ``class`` and, of several data sets, their ``dataset``.
        factors: how many times more often the images of a class are drawn; default 1.

    Raises:
        InputError: a factor that is not positive, or of a class without images.
    """
    factors = factors or {}
    present = {item["class"] for item in items}
    for name, factor in factors.items():
        if isinstance(factor, bool) or not isinstance(factor, (int, float)) or not 0 < factor < float("inf"):
            raise InputError(
                f"images of class '{name}' cannot be drawn {factor} times as often: must be a number above 0"
            )
        if name not in present:
            raise InputError(
                f"images of class '{name}' cannot be drawn {factor} times as often: there are none to train on, only "
                f"{', '.join(sorted(present)) or 'no images at all'}"
            )
    sizes = Counter(item.get("dataset") for item in items)
    shares = {dataset: len(items) / len(sizes) / size for dataset, size in sizes.items()}  # 1 where there is one
    return WeightedRandomSampler(
        [factors.get(item["class"], 1) * shares[item.get("dataset")] for item in items], len(items)
    )
