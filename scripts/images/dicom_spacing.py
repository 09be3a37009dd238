# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the pixel spacing of a DICOM instance."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pydicom import Dataset
from pydicom.multival import MultiValue

from .image_file import measured_spacing

CENTIMETRES = 3  # code of the unit in ultrasound regions (DICOM PS3.3, C.8.5.5)
Spacing = tuple[float, float] | None  # height and width of a pixel in millimetres


def image_spacing(dataset: Dataset) -> tuple[Spacing, str]:
    """Return the pixel spacing of the whole image, None if unknown, and its source or the reason why it is unknown.

    It is searched in the instance, in the shared functional groups, in the per-frame functional groups, and last as
    the nominal spacing of a scanned film.
    """
    reasons = []
    for name, sizes in _candidates(dataset):
        spacing, reason = _spacing(name, sizes)
        if spacing is not None:
            return spacing, reason
        reasons.append(reason)
    return None, reasons[0] if reasons else "the DICOM file has none: give --spacing"


def region_spacing(region: Dataset) -> tuple[Spacing, str]:
    """Return the pixel spacing of an ultrasound region, as `image_spacing` does for the image."""
    units = [_values(region, f"PhysicalUnits{axis}Direction") for axis in "YX"]
    if units != [[CENTIMETRES], [CENTIMETRES]]:
        return None, "the ultrasound region is not in centimetres: give --spacing"
    # The sign is the direction of the axis.
    deltas = [abs(value) for axis in "YX" for value in _values(region, f"PhysicalDelta{axis}")]
    return _spacing("PhysicalDelta", deltas, factor=10)


def _candidates(dataset: Dataset) -> Iterator[tuple[str, list[float]]]:
    """Yield the name and the values of each attribute with a pixel spacing, the most reliable first."""
    if sizes := _values(dataset, "PixelSpacing"):
        yield "PixelSpacing", sizes
    for shared in dataset.get("SharedFunctionalGroupsSequence") or ():
        if sizes := _group_spacing(shared):
            yield "PixelSpacing of all frames", sizes
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    different = {tuple(sizes) for group in groups if (sizes := _group_spacing(group))}
    if len(different) == 1:
        yield "PixelSpacing of each frame", list(different.pop())
    elif different:
        yield "PixelSpacing, which differs between frames,", []
    if nominal := _values(dataset, "NominalScannedPixelSpacing"):
        yield "NominalScannedPixelSpacing (of the scanned film; doubtful)", nominal


def _group_spacing(group: Dataset) -> list[float]:
    measures = group.get("PixelMeasuresSequence") or ()
    return _values(measures[0], "PixelSpacing") if measures else []


def _spacing(name: str, sizes: list[float], factor: float = 1) -> tuple[Spacing, str]:
    if len(sizes) != 2 or not all(math.isfinite(value) and value > 0 for value in sizes):
        values = ", ".join(f"{value * factor:g}" for value in sizes)
        return None, f"{name} {f'{values} ' if values else ''}is invalid: give --spacing"
    height, width = sizes
    return measured_spacing(height, width, f"DICOM {name}", factor)


def _values(dataset: Dataset, name: str) -> list[float]:
    """Return the numbers of an element: NaN for values that are not numbers, an empty list if missing or empty."""
    try:
        value = dataset.get(name)
    except (ValueError, OverflowError):  # raised by pydicom for text that is not a number
        return [math.nan]
    values = [] if value is None or value == "" else value if isinstance(value, MultiValue) else [value]
    return [float(each) if isinstance(each, (int, float)) else math.nan for each in values]
