# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The ultrasound regions of a DICOM instance that show tissue."""

from __future__ import annotations

import math

from pydicom import Dataset

from .dicom_spacing import Spacing, region_spacing
from .image_file import Region

# Codes of SequenceOfUltrasoundRegions (DICOM PS3.3, C.8.5.5).
TWO_DIMENSIONAL = 1  # spatial format
TISSUE, COLOUR_FLOW, BACKSCATTER = 1, 2, 15  # types of data that are pictures of tissue; others are curves and bars
LOW_PRIORITY = 1  # a flag: another region may cover it
CORNERS = ("RegionLocationMinY0", "RegionLocationMinX0", "RegionLocationMaxY1", "RegionLocationMaxX1")
TOLERANCE = 1  # pixels beyond the image: some scanners write the first column that a region has not any more


def tissue_regions(dataset: Dataset, shape: tuple[int, int], spacing: Spacing, spacing_from: str) -> tuple[Region, ...]:
    """Return where an instance shows tissue, at least one region.

    Args:
        dataset: the instance.
        shape: its rows and columns.
        spacing, spacing_from: of the whole image, for regions without their own.

    Returns:
        The regions in the order of the file. The whole image where none is given, and where one reaches beyond it: they
        are from before the image was cropped or resized, and none of them can be trusted.
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
            what = "the ultrasound regions do not fit the image, which was cropped or resized"
            told = f"{what}: give --spacing" if spacing is None else f"{spacing_from} ({what})"
            return (Region(0, 0, *shape, spacing, told),)
        bottom, right = min(shape[0], bottom + 1), min(shape[1], right + 1)
        if bottom - top < 2 or right - left < 2:
            continue
        own, own_from = region_spacing(item)
        if own is None and spacing is not None:
            own, own_from = spacing, spacing_from
        is_low_priority = bool(int(item.get("RegionFlags") or 0) & LOW_PRIORITY)
        found.append((Region(top, left, bottom, right, own, own_from, is_low_priority), kind))
    tissue = [region for region, kind in found if kind == TISSUE]
    kept = [region for region, kind in found if kind == TISSUE or not any(_is_part(region, of) for of in tissue)]
    return tuple(kept) or (Region(0, 0, *shape, spacing, spacing_from),)


def _is_part(region: Region, of: Region) -> bool:
    """Whether a region of colours lies on one of tissue, as a box of flow does, and so is no picture of its own."""
    height = min(region.bottom, of.bottom) - max(region.top, of.top)
    width = min(region.right, of.right) - max(region.left, of.left)
    covers = min(height, width) > 0 and 2 * height * width > region.area
    if region.spacing is None or of.spacing is None:
        return covers
    return covers and all(math.isclose(*sizes, rel_tol=0.01) for sizes in zip(region.spacing, of.spacing))
