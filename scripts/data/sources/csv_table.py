# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read CSV files as spreadsheets write them in different countries."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError

_QUOTED = re.compile(r'"[^"]*"')
_NO_VALUE = {"", "-", "?", "na", "n/a", "nan", "none", "null", "unknown"}


@dataclass(frozen=True)
class Table:
    """A CSV file.

    Attributes:
        path: the file.
        columns: column names as in the file.
        rows: line number and cells of each row, one cell for each column.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def of(self, names: Sequence[str]) -> list[dict[str, str]]:
        """Return the cells of the columns `names` for each row, ignoring spelling differences (see `plain`).

        Raises:
            InputError: a column is missing or exists twice.
        """
        there = [plain(column) for column in self.columns]
        if missing := [name for name in names if plain(name) not in there]:
            raise InputError(
                f"{self.path}: no column {', '.join(missing)}; the columns are {', '.join(self.columns) or 'none'}"
            )
        if twice := [name for name in names if there.count(plain(name)) > 1]:
            raise InputError(f"{self.path}: two columns are named {twice[0]}; rename or remove one")
        places = {name: there.index(plain(name)) for name in names}
        return [{name: cells[place] for name, place in places.items()} for _, cells in self.rows]


def read_table(path: Path) -> Table:
    """Read a CSV file in UTF-8 or UTF-16 (Excel's "Unicode text"), separated by commas, semicolons or tabs.

    Raises:
        InputError: the file cannot be read, or a row has more cells than there are columns.
    """
    try:
        text = _decode(path.read_bytes())
        lines = text.splitlines()
        separator = None
        if lines and re.fullmatch(r"sep=.", lines[0], re.IGNORECASE):  # Excel's separator hint
            separator, lines = lines[0][-1], lines[1:]
        header = _QUOTED.sub("", lines[0]) if lines else ""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or max(",;\t", key=header.count))
        if separator:
            next(reader)  # the hint, which counts as a line
        found = [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as a CSV file in UTF-8: {error}") from error
    columns = found[0][1] if found else ()
    rows = []
    for line, cells in found[1:]:
        if not any(cells):
            continue
        if len(cells) > len(columns):
            raise InputError(
                f"{path}, line {line}: {len(cells)} cells, but {len(columns)} columns; a decimal comma needs quotes "
                'in a table separated by commas ("1,08")'
            )
        rows.append((line, cells + ("",) * (len(columns) - len(cells))))
    return Table(path, columns, tuple(rows))


def plain(name: str) -> str:
    """Return a column name with only lower-case letters and digits, so ``Patient ID`` equals ``patient_id``."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


def is_empty(cell: str) -> bool:
    """Return whether a cell has no value: empty, ``NA``, ``-``, ``unknown`` …"""
    return cell.strip().casefold() in _NO_VALUE


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")
