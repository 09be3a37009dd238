# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Writing CSV: comma-separated, in UTF-8, with a heading."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from .atomic import text_written_whole


def write_csv(path: str | Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
    """Write a CSV file, whole or not at all; missing folders are made.

    Args:
        path: the file.
        rows: a line each; with `columns` they need not fit into memory.
        columns: in their order; None for those of the first row.

    Raises:
        InputError: the file cannot be written.
    """
    with text_written_whole(path) as file:
        _write(file, rows, columns)


def csv_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return what `write_csv` would write."""
    text = io.StringIO()
    _write(text, rows, None)
    return text.getvalue()


def _write(file: TextIO, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None) -> None:
    if columns is None:
        rows = list(rows)
        columns = list(rows[0]) if rows else []
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
