# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The results of all images as a table that a spreadsheet can open without running what is in it."""

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
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet run a text


def write_table(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a line for each image, columns as in `COLUMNS`, empty where there is no value.

    Raises:
        InputError: the file cannot be written.
    """
    write_csv(path, ({name: _plain(value) for name, value in row.items()} for row in rows), COLUMNS)


def _plain(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
