# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The results of all images as CSV and JSON, written as they are read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..files.atomic import written_whole

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


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a line for each image, columns as in `COLUMNS`, empty where there is no value.

    Raises:
        InputError: the file cannot be written.
    """
    with (
        written_whole(path) as partial,
        # Names of files need not be text in any encoding.
        partial.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file,
    ):
        writer = csv.DictWriter(file, fieldnames=COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _plain(value) for name, value in row.items()})


def write_json(path: Path, content: Mapping[str, Any], rows: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
    """Write the same with `content` before it, under ``images``.

    Raises:
        InputError: the file cannot be written.
    """
    with written_whole(path) as partial, partial.open("w", encoding="ascii") as file:
        file.write(json.dumps(dict(content), indent=4)[:-2] + ',\n    "images": [')
        for number, row in enumerate(rows()):
            file.write(("," if number else "") + "\n        " + json.dumps(dict(row)))
        file.write("\n    ]\n}\n")


def _plain(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
