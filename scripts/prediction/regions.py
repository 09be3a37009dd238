# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One image from grey levels to what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..images.field_of_view import field_of_view
from ..images.image_file import Region
from ..postprocessing.measurements import Measurements, measure


def lesion_probability(
    grey: np.ndarray, regions: Sequence[Region], segment: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the probability of lesion where an image shows tissue, 0 elsewhere.

    The network sees each region by itself, cut to its field of view, as most images were that it learned from. What
    shows nothing it does not see: it never learned from such.

    Args:
        grey: shape (rows, columns).
        regions: of the image.
        segment: gives the probabilities of an image.

    Returns:
        float32, shape (rows, columns).
    """
    probability = np.zeros(grey.shape, dtype=np.float32)
    for region in regions:
        part = grey[region.box]
        field = field_of_view(part)
        rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        if part[box].min() == part[box].max():
            continue
        inside = np.where(field[box], segment(part[box]), 0)
        own = probability[region.box][box]
        np.maximum(own, inside, out=own)
    return probability


def measure_lesions(mask: np.ndarray, regions: Sequence[Region]) -> tuple[Measurements, Region]:
    """Measure the lesions of an image whose regions may differ in scale, as two views side by side do.

    Areas are summed over the regions, each at its own scale; the diameters are those of the region with the largest
    area. Where that of a region with a lesion is not known all is measured in pixels.

    Args:
        mask: shape (rows, columns).
        regions: of the image.

    Returns:
        The measurements, and the region that the scale is of: that with the largest area, the first without a lesion.
    """
    rest = mask.copy()
    parts: list[tuple[np.ndarray, Region]] = []
    for region in regions:
        part = np.zeros_like(mask)
        part[region.box] = rest[region.box]
        rest[region.box] = False  # regions may overlap
        if part.any():
            parts.append((part, region))
    scales = {region.spacing for _, region in parts}
    if len(scales) <= 1:
        region = max(parts, key=lambda each: int(each[0].sum()))[1] if parts else regions[0]
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
