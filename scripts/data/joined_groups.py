# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Groups of images that have anything in common."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from scipy.cluster.hierarchy import DisjointSet


def joined_groups(*labels: Sequence[Hashable | None]) -> list[int]:
    """Number the groups of images that share a label, directly or through others.

    Args:
        labels: one sequence for each thing that images may have in common, at least one: a label for each image, None
            for an image without.

    Returns:
        The group of each image, numbered from 0 as they come.
    """
    images = range(len(labels[0]))
    groups = DisjointSet(images)
    for own in labels:
        first: dict[Hashable, int] = {}
        for image, label in zip(images, own, strict=True):
            if label is not None:
                groups.merge(first.setdefault(label, image), image)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(groups[image], len(numbers)) for image in images]
