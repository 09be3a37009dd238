# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write CSV: comma-separated, UTF-8, with a header line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from .atomic import atomic_text_file


def write_csv(path: str | Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
    """Write a CSV file atomically; missing folders are created.

    Args:
        path: file to write.
        rows: values of each line by column; an iterator is not kept in memory if `columns` is given.
        columns: names of the columns, in order; None for those of the first row.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_text_file(path) as file:
        _write(file, rows, columns)


def csv_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV text, see `write_csv`."""
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
