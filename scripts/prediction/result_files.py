# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the result table as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

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
    "mask",
    "overlay",
    "note",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # first characters that make a spreadsheet run text as a formula


def write_table(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a row for each image with the columns `COLUMNS`; missing values are empty.

    Raises:
        InputError: the file cannot be written.
    """
    write_csv(path, ({name: _plain(value) for name, value in row.items()} for row in rows), COLUMNS)


def _plain(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
