# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Join groups of images that have a label in common."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from scipy.cluster.hierarchy import DisjointSet


def joined_groups(*labels: Sequence[Hashable | None]) -> list[int]:
    """Return groups of images that share a label, directly or through other images.

    Args:
        labels: one or more sequences, for example near-duplicates and patients, with a label for each image or None.

    Returns:
        Group of each image, numbered from 0 in order of appearance.
    """
    images = range(len(labels[0]))
    groups = DisjointSet(images)
    for labelling in labels:
        first: dict[Hashable, int] = {}
        for image, label in zip(images, labelling, strict=True):
            if label is not None:
                groups.merge(first.setdefault(label, image), image)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(groups[image], len(numbers)) for image in images]
