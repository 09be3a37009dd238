# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The rows of the result tables: of an image, of its lesions and of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..images.image_file import IDENTIFIERS, MeasuredLesion
from ..metrics.units import MILLIMETRES
from .image_prediction import Lesion, Prediction
from .result_folder import MEASUREMENTS, SHEET, results_start


def describe_image(prediction: Prediction) -> dict[str, Any]:
    """Return what was found in an image, with the row of each lesion as ``lesions``."""
    measured, spacing = prediction.measurements, prediction.spacing
    box = measured.bounding_box or (None,) * 4
    return {
        "lesion_found": prediction.lesion_found,
        "components": measured.components,
        "area": round(measured.area, 3),
        "longest_diameter": round(measured.longest_diameter, 3),
        "perpendicular_diameter": round(measured.perpendicular_diameter, 3),
        "unit": measured.unit,
        **dict(zip(("first_row", "first_column", "last_row", "last_column"), box)),
        "lesion_confidence": round(prediction.lesion_confidence, 4),
        "minimum_confidence": round(prediction.minimum_confidence, 4),
        "confidence": round(prediction.confidence, 4),
        "spacing_row": spacing[0] if spacing else None,
        "spacing_column": spacing[1] if spacing else None,
        "spacing_from": prediction.spacing_from,
        "lesions": [_describe_lesion(number, lesion) for number, lesion in enumerate(prediction.lesions, 1)],
    }


def _describe_lesion(number: int, lesion: Lesion) -> dict[str, Any]:
    pixels, known = lesion.in_pixels, lesion.spacing is not None
    height, width = lesion.spacing or (0, 0)
    row, column = lesion.centre
    return {
        "lesion": number,
        "confidence": round(lesion.confidence, 4),
        "longest_diameter_mm": round(lesion.measurements.longest_diameter, 3) if known else None,
        "perpendicular_diameter_mm": round(lesion.measurements.perpendicular_diameter, 3) if known else None,
        "area_mm2": round(lesion.measurements.area, 3) if known else None,
        "centre_row_mm": round((row + 0.5) * height, 3) if known else None,
        "centre_column_mm": round((column + 0.5) * width, 3) if known else None,
        "longest_diameter_pixels": round(pixels.longest_diameter, 3),
        "perpendicular_diameter_pixels": round(pixels.perpendicular_diameter, 3),
        "area_pixels": round(pixels.area),
        "centre_row": round(row, 3),
        "centre_column": round(column, 3),
        "calipers": [[[round(x, 2), round(y, 2)] for x, y in line] for line in lesion.measurements.calipers or ()],
    }


def describe_clip(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the summary of a clip or stack.

    Args:
        rows: the rows of its frames, in order, at least one.
    """
    first: Mapping[str, Any] = {}
    frames, found = 0, 0
    smallest: dict[str, float] = {}  # by unit, which can differ between the regions of an image
    largest: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        first = first or row
        frames += 1
        if row["lesion_found"]:
            found += 1
            unit, diameter = row["unit"], row["longest_diameter"]
            smallest[unit] = min(diameter, smallest.get(unit, diameter))
            if unit not in largest or diameter > largest[unit]["longest_diameter"]:
                largest[unit] = row
    unit = MILLIMETRES if MILLIMETRES in largest else next(iter(largest), first["unit"])
    of_largest = largest.get(unit, {})
    return {
        "file": first["file"],
        "frames": frames,
        "frames_with_lesion": found,
        "largest_frame": of_largest.get("frame"),
        "longest_diameter_min": smallest.get(unit),
        "longest_diameter_max": of_largest.get("longest_diameter"),
        "perpendicular_diameter": of_largest.get("perpendicular_diameter"),
        "unit": unit,
        **{key: first[key] for key in IDENTIFIERS},
        "sheet": results_start(first) + SHEET,
        "structured_report": measurements_file(of_largest) if of_largest else None,
    }


def measurements_file(row: Mapping[str, Any]) -> str | None:
    """Return the name of the DICOM structured report of an image's measurements, None if there is none.

    There is one for DICOM images with a lesion and known pixel spacing; for clips, that of the frame with the largest.
    """
    is_measured = row["lesion_found"] and row["unit"] == MILLIMETRES
    return results_start(row) + MEASUREMENTS if is_measured and row["mask"].endswith(".dcm") else None


def measured_lesions(prediction: Prediction) -> list[MeasuredLesion]:
    """Return the lesions of an image, whose spacing is known, as a structured report stores them."""
    found = []
    for lesion in prediction.lesions:
        measured = lesion.measurements
        diameters = (measured.longest_diameter, measured.perpendicular_diameter)
        calipers = measured.calipers or ()
        found.append(MeasuredLesion(lesion.outline, diameters, calipers, measured.area, lesion.confidence))
    return found


def describe_diameters(row: Mapping[str, Any]) -> str:
    """Return the diameters of an image in a few words."""
    if not row["lesion_found"]:
        return "no lesion"
    return f"{row['longest_diameter']:.1f} x {row['perpendicular_diameter']:.1f} {row['unit']}"
