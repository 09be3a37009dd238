# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find the ultrasound regions of a DICOM instance that show tissue."""

from __future__ import annotations

import math

from pydicom import Dataset

from .dicom_spacing import Spacing, region_spacing
from .image_file import Region

# Codes of SequenceOfUltrasoundRegions (DICOM PS3.3, C.8.5.5).
TWO_DIMENSIONAL = 1  # spatial format
TISSUE, COLOUR_FLOW, BACKSCATTER = 1, 2, 15  # data types that are images; others are curves and scales
LOW_PRIORITY = 1  # region flag: other regions may cover this one
CORNERS = ("RegionLocationMinY0", "RegionLocationMinX0", "RegionLocationMaxY1", "RegionLocationMaxX1")
TOLERANCE = 1  # pixels outside the image: some scanners write the end of a region as exclusive


def tissue_regions(dataset: Dataset, shape: tuple[int, int], spacing: Spacing, spacing_from: str) -> tuple[Region, ...]:
    """Return the ultrasound regions that show tissue, at least one.

    Args:
        dataset: the instance.
        shape: rows and columns of the image.
        spacing, spacing_from: pixel spacing of the whole image, used for regions without one, and its source.

    Returns:
        The regions in the order of the file. The whole image if there are none, or if one reaches outside the image:
        then the image was cropped or resized without updating the regions, so none of them can be trusted.
    """
    found: list[tuple[Region, int]] = []
    for item in dataset.get("SequenceOfUltrasoundRegions") or ():
        kind = item.get("RegionDataType")
        if item.get("RegionSpatialFormat") != TWO_DIMENSIONAL or kind not in (TISSUE, COLOUR_FLOW, BACKSCATTER):
            continue
        corners = [item.get(name) for name in CORNERS]
        if not all(isinstance(corner, int) for corner in corners):
            continue
        top, left, bottom, right = corners
        if min(top, left) < 0 or bottom >= shape[0] + TOLERANCE or right >= shape[1] + TOLERANCE:
            problem = "the ultrasound regions do not fit the image, which was cropped or resized"
            source = f"{problem}: give --spacing" if spacing is None else f"{spacing_from} ({problem})"
            return (Region(0, 0, *shape, spacing, source),)
        bottom, right = min(shape[0], bottom + 1), min(shape[1], right + 1)
        if bottom - top < 2 or right - left < 2:
            continue
        size, size_from = region_spacing(item)
        if size is None and spacing is not None:
            size, size_from = spacing, spacing_from
        is_low_priority = bool(int(item.get("RegionFlags") or 0) & LOW_PRIORITY)
        found.append((Region(top, left, bottom, right, size, size_from, is_low_priority), kind))
    tissue = [region for region, kind in found if kind == TISSUE]
    kept = [region for region, kind in found if kind == TISSUE or not any(_lies_on(region, each) for each in tissue)]
    return tuple(kept) or (Region(0, 0, *shape, spacing, spacing_from),)


def _lies_on(region: Region, tissue: Region) -> bool:
    """Return whether a region, such as a colour flow box, lies mostly on a tissue region and has its pixel spacing."""
    height = min(region.bottom, tissue.bottom) - max(region.top, tissue.top)
    width = min(region.right, tissue.right) - max(region.left, tissue.left)
    overlaps = min(height, width) > 0 and 2 * height * width > region.area
    if region.spacing is None or tissue.spacing is None:
        return overlaps
    return overlaps and all(math.isclose(*sizes, rel_tol=0.01) for sizes in zip(region.spacing, tissue.spacing))
