# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Where a DICOM instance tells the size of its pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pydicom import Dataset
from pydicom.multival import MultiValue

from .image_file import measured_spacing

CENTIMETRES = 3  # a code of the units of ultrasound regions (DICOM PS3.3, C.8.5.5)
Spacing = tuple[float, float] | None  # height and width of a pixel in millimetres


def image_spacing(dataset: Dataset) -> tuple[Spacing, str]:
    """Return the size of a pixel of the whole image, None where it is not known, and what tells it or why not.

    It stands in the instance itself, in the functional groups that all frames share or in those of each frame, or as
    the size on the medium that was scanned.
    """
    reasons = []
    for name, sizes in _candidates(dataset):
        spacing, reason = _spacing(name, sizes)
        if spacing is not None:
            return spacing, reason
        reasons.append(reason)
    return None, reasons[0] if reasons else "the DICOM file gives none: give --spacing"


def region_spacing(region: Dataset) -> tuple[Spacing, str]:
    """As `image_spacing`, of an ultrasound region."""
    units = [_values(region, f"PhysicalUnits{axis}Direction") for axis in "YX"]
    if units != [[CENTIMETRES], [CENTIMETRES]]:
        return None, "the ultrasound region is not in centimetres: give --spacing"
    # Their sign is a direction.
    deltas = [abs(value) for axis in "YX" for value in _values(region, f"PhysicalDelta{axis}")]
    return _spacing("PhysicalDelta", deltas, factor=10)


def _candidates(dataset: Dataset) -> Iterator[tuple[str, list[float]]]:
    """Yield what gives sizes, by name, the most reliable first."""
    if own := _values(dataset, "PixelSpacing"):
        yield "PixelSpacing", own
    for shared in dataset.get("SharedFunctionalGroupsSequence") or ():
        if sizes := _of_group(shared):
            yield "PixelSpacing of all frames", sizes
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    of_frames = {tuple(sizes) for group in groups if (sizes := _of_group(group))}
    if len(of_frames) == 1:
        yield "PixelSpacing of each frame", list(of_frames.pop())
    elif of_frames:
        yield "PixelSpacing, which differs from frame to frame,", []
    if nominal := _values(dataset, "NominalScannedPixelSpacing"):
        yield "NominalScannedPixelSpacing (on what was scanned; doubtful)", nominal


def _of_group(group: Dataset) -> list[float]:
    measures = group.get("PixelMeasuresSequence") or ()
    return _values(measures[0], "PixelSpacing") if measures else []


def _spacing(name: str, sizes: list[float], factor: float = 1) -> tuple[Spacing, str]:
    if len(sizes) != 2 or not all(math.isfinite(value) and value > 0 for value in sizes):
        told = ", ".join(f"{value * factor:g}" for value in sizes)
        return None, f"{name} {f'{told} ' if told else ''}is no size: give --spacing"
    height, width = sizes
    return measured_spacing(height, width, f"DICOM {name}", factor)


def _values(dataset: Dataset, name: str) -> list[float]:
    """Return the numbers of an element, one that is no number as NaN, none where it is missing or empty."""
    try:
        value = dataset.get(name)
    except (ValueError, OverflowError):  # pydicom's, of text that is no number
        return [math.nan]
    values = [] if value is None or value == "" else value if isinstance(value, MultiValue) else [value]
    return [float(each) if isinstance(each, (int, float)) else math.nan for each in values]
