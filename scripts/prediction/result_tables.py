# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the result tables as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import printable
from ..files.csv_file import write_csv

COLUMNS = (
    "file",
    "frame",
    "lesion_found",
    "components",
    "area",
    "longest_diameter",
    "perpendicular_diameter",
    "unit",
    "first_row",
    "first_column",
    "last_row",
    "last_column",
    "lesion_confidence",
    "minimum_confidence",
    "confidence",
    "spacing_row",
    "spacing_column",
    "spacing_from",
    "seconds",
    "study_instance_uid",
    "series_instance_uid",
    "sop_instance_uid",
    "mask",
    "overlay",
    "structured_report",
    "note",
)
LESION_COLUMNS = (
    "file",
    "frame",
    "lesion",
    "confidence",
    "longest_diameter_mm",
    "perpendicular_diameter_mm",
    "area_mm2",
    "centre_row_mm",
    "centre_column_mm",
    "longest_diameter_pixels",
    "perpendicular_diameter_pixels",
    "area_pixels",
    "centre_row",
    "centre_column",
)
CLIP_COLUMNS = (
    "file",
    "frames",
    "frames_with_lesion",
    "largest_frame",
    "longest_diameter_min",
    "longest_diameter_max",
    "perpendicular_diameter",
    "unit",
    "study_instance_uid",
    "series_instance_uid",
    "sop_instance_uid",
    "sheet",
    "structured_report",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # first characters that make a spreadsheet run text as a formula


def write_table(path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = COLUMNS) -> None:
    """Write a table with these columns; other values of a row are left out, missing ones are empty.

    Raises:
        InputError: the file cannot be written.
    """
    write_csv(path, ({name: _plain(row.get(name)) for name in columns} for row in rows), columns)


def _plain(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return ("'" if value.startswith(FORMULA) else "") + printable(value)
