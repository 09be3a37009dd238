# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment and measure one image region by region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from ..images.components import connected_components
from ..images.field_of_view import field_of_view, find_field_of_view
from ..images.image_file import Region
from ..postprocessing.measurements import Measurements, measure

LARGEST = 2048  # rows or columns of an image for the network


def lesion_probability(
    grey: np.ndarray, regions: Sequence[Region], segment: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the lesion probability of each pixel, 0 outside the field of view.

    The network segments each region separately, cropped to its field of view, like most training images. Uniform
    regions are skipped, because the network was not trained on such images. Where regions overlap, the covering region
    counts.

    Args:
        grey: grey levels, shape (rows, columns).
        regions: regions of the image.
        segment: returns the probabilities of an image.

    Returns:
        float32, shape (rows, columns).
    """
    probability = np.zeros(grey.shape, dtype=np.float32)
    for region in reversed(_by_precedence(regions)):
        part = grey[region.box]
        field = field_of_view(part)
        box = _box(field)
        region_probability = probability[region.box]
        region_probability[:] = 0
        if part[box].min() < part[box].max():
            np.copyto(region_probability[box], _segment_reduced(part[box], segment), where=field[box])
    return probability


def _segment_reduced(grey: np.ndarray, segment: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the probabilities of an image, by way of a smaller one if it has more than `LARGEST` pixels a side.

    The network sees far smaller images anyway, but preprocessing a large one by MONAI takes a hundred bytes per pixel.
    """
    reduced = _reduced(grey)
    if reduced is grey:
        return segment(grey)
    return cv2.resize(segment(reduced), grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _reduced(grey: np.ndarray) -> np.ndarray:
    """Return an image of at most `LARGEST` pixels a side, the image itself if it has no more."""
    scale = LARGEST / max(grey.shape)
    if scale >= 1:
        return grey
    rows, columns = (max(1, round(scale * side)) for side in grey.shape)
    return cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)


def in_view(grey: np.ndarray, regions: Sequence[Region]) -> np.ndarray:
    """Return an image that is black outside the field of view, where machines write names and dates.

    It is black everywhere if no field of view is found.
    """
    shown = np.full_like(grey, grey.min())
    for region in regions:
        part = grey[region.box]
        if (field := find_field_of_view(part)) is not None:
            np.copyto(shown[region.box], part, where=field)
    return shown


def crops(grey: np.ndarray, regions: Sequence[Region]) -> Iterator[np.ndarray]:
    """Yield what `lesion_probability` gives to the network: the field of view of each region."""
    for region in regions:
        part = grey[region.box]
        cropped = part[_box(field_of_view(part))]
        if cropped.min() < cropped.max():
            yield _reduced(cropped)


def _box(field: np.ndarray) -> tuple[slice, slice]:
    """Return the rectangle around a mask that is not empty."""
    rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _by_precedence(regions: Sequence[Region]) -> list[Region]:
    """Sort regions so that overlapping pixels belong to the first: high priority first, then the smaller ones."""
    return sorted(regions, key=lambda region: (region.is_low_priority, region.area))


def measure_lesions(mask: np.ndarray, regions: Sequence[Region]) -> tuple[Measurements, Region]:
    """Measure the lesions of an image whose regions may differ in pixel spacing, such as two views side by side.

    A lesion is measured in the first region (see `_by_precedence`) that contains it, or in parts if it spans several
    regions. Areas are summed over the regions, each with its own spacing; the diameters are those of the region with
    the largest area. If the spacing of any region with a lesion is unknown, everything is measured in pixels.

    Args:
        mask: mask of the lesions, shape (rows, columns).
        regions: regions of the image.

    Returns:
        The measurements, and the region whose spacing is reported: the one with the largest lesion area, or, without a
        lesion, the largest region.
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
    """Return the regions that have lesions, each with a mask of its lesions in the whole image."""
    if len(regions) == 1:
        return [(mask, regions[0])] if mask.any() else []
    ordered = _by_precedence(regions)
    parts = [np.zeros_like(mask) for _ in ordered]
    labels, stats = connected_components(mask.astype(np.uint8))
    for label in range(1, len(stats)):
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
