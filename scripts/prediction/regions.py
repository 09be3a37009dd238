# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One image from grey levels to what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from ..images.field_of_view import field_of_view
from ..images.image_file import Region
from ..postprocessing.measurements import Measurements, measure


def lesion_probability(
    grey: np.ndarray, regions: Sequence[Region], segment: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the probability of lesion where an image shows tissue, 0 elsewhere.

    The network sees each region by itself, cut to its field of view, as most images were that it learned from. What
    shows nothing it does not see: it never learned from such. Where regions overlap, the one that covers the others
    counts.

    Args:
        grey: shape (rows, columns).
        regions: of the image.
        segment: gives the probabilities of an image.

    Returns:
        float32, shape (rows, columns).
    """
    probability = np.zeros(grey.shape, dtype=np.float32)
    for region in reversed(_by_precedence(regions)):
        part = grey[region.box]
        field = field_of_view(part)
        rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        own = probability[region.box]
        own[:] = 0
        if part[box].min() < part[box].max():
            own[box] = np.where(field[box], segment(part[box]), 0)
    return probability


def _by_precedence(regions: Sequence[Region]) -> list[Region]:
    """Return regions so that the pixels of several are those of the first: what covers others, then what is smaller."""
    return sorted(regions, key=lambda region: (region.is_low_priority, region.area))


def measure_lesions(mask: np.ndarray, regions: Sequence[Region]) -> tuple[Measurements, Region]:
    """Measure the lesions of an image whose regions may differ in scale, as two views side by side do.

    A lesion is measured in the smallest region that holds it, of those that cover others first; one across several
    regions in each of them. Areas are summed over the regions, each at its own scale; the diameters are those of the
    region with the largest area. Where that of a region with a lesion is not known all is measured in pixels.

    Args:
        mask: shape (rows, columns).
        regions: of the image.

    Returns:
        The measurements, and the region that the scale is of: that with the largest area, the largest region without a
        lesion.
    """
    parts = _parts(mask, regions)
    scales = {region.spacing for _, region in parts}
    if len(scales) <= 1:
        region = (
            max(parts, key=lambda each: int(each[0].sum()))[1] if parts else max(regions, key=lambda each: each.area)
        )
        return measure(mask, region.spacing), region
    if None in scales:
        region = next(region for _, region in parts if region.spacing is None)
        return measure(mask), region
    measured = [(measure(part, region.spacing), region) for part, region in parts]
    largest, region = max(measured, key=lambda each: each[0].area)
    total = replace(
        largest,
        components=sum(each.components for each, _ in measured),
        area=sum(each.area for each, _ in measured),
        bounding_box=measure(mask).bounding_box,
    )
    return total, region


def _parts(mask: np.ndarray, regions: Sequence[Region]) -> list[tuple[np.ndarray, Region]]:
    """Return the lesions, as masks of the whole image, of each region that has any."""
    if len(regions) == 1:
        return [(mask, regions[0])] if mask.any() else []
    ordered = _by_precedence(regions)
    parts = [np.zeros_like(mask) for _ in ordered]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    for label in range(1, count):
        left, top, width, height = stats[label, :4]
        lesion = labels == label
        for part, region in zip(parts, ordered):
            holds_it = region.top <= top and region.left <= left
            if holds_it and top + height <= region.bottom and left + width <= region.right:
                part |= lesion
                break
        else:
            for part, region in zip(parts, ordered):
                part[region.box] |= lesion[region.box]
                lesion[region.box] = False  # regions may overlap
    return [(part, region) for part, region in zip(parts, ordered) if part.any()]
