# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The CSV tables that come with a dataset."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from .classes import class_of

_IMAGE_COLUMNS = ("image", "filename", "file", "image_filename", "name", "id")
_CLASS_COLUMNS = ("class", "label", "pathology", "classification", "type")


@dataclass(frozen=True)
class Label:
    """What a table says of one image; None where it has no such column (or, but for the class, an empty cell)."""

    label_class: str | None = None
    patient: str | None = None
    spacing: tuple[float, float] | None = None


def read_table(path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
    """Read a CSV into one dict a row, its keys the column names in small letters.

    The delimiter may be a comma, or the semicolon or tab that spreadsheets write in some countries.

    Raises:
        InputError: for a file that cannot be read as UTF-8 text or lacks one of `columns`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            rows = list(csv.reader(file, delimiter=max(",;\t", key=header.count)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as a CSV file in UTF-8: {error}") from error
    names = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [column for column in columns if column not in names]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; the columns are {', '.join(names) or 'none'}")
    filled = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    return [dict(zip(names, (cell.strip() for cell in row + [""] * len(names)))) for row in filled]


def parse_length(text: str, where: str) -> float:
    """Return the positive length that `text` gives, with a decimal point or comma.

    Raises:
        InputError: for anything else, telling `where` it was read.
    """
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{where}: {text!r} is no pixel size; a positive number is expected")
    return value


def read_labels(folder: Path, images: Sequence[Path]) -> dict[Path, Label]:
    """Read what the table in `folder` says of `images`: ``labels.csv``, or the only CSV there.

    One column names the image (``image``, ``filename`` …) by its path in `folder`, its file name or its stem; the
    others are the class (``class``, ``label``, ``pathology`` …), ``patient`` and ``spacing``: millimetres a pixel,
    one number, or row and column separated by a blank.

    Returns:
        The label of every image, an empty one for all of them where the folder has no table.

    Raises:
        InputError: for several tables, a row without image or an image without row, an unknown class or a bad number.
    """
    tables = sorted(folder.glob("*.csv"))
    named = [table for table in tables if table.name == "labels.csv"]
    if not tables:
        return dict.fromkeys(images, Label())
    if len(tables) > 1 and not named:
        names = ", ".join(table.name for table in tables)
        raise InputError(f"{folder}: several tables ({names}); call the one that holds the classes labels.csv")
    path = (named or tables)[0]
    rows = read_table(path)
    columns = list(rows[0]) if rows else []
    image_column = next((column for column in _IMAGE_COLUMNS if column in columns), None)
    if image_column is None:
        raise InputError(f"{path}: no column names the image (one of {', '.join(_IMAGE_COLUMNS)})")
    class_column = next((column for column in _CLASS_COLUMNS if column in columns), None)

    by_name: dict[str, list[Path]] = {}
    for image in images:
        # A spreadsheet may have turned the stem 000001 into the number 1.
        for name in {image.relative_to(folder).as_posix(), image.name, image.stem, image.stem.lstrip("0")}:
            by_name.setdefault(name, []).append(image)
    labels: dict[Path, Label] = {}
    for row in rows:
        name = row[image_column].replace("\\", "/")
        where = f"{path}, {name!r}"
        candidates = by_name.get(name, [])
        if len(candidates) != 1:
            raise InputError(f"{where}: {'several images have' if candidates else 'no image has'} this name")
        if candidates[0] in labels:
            raise InputError(f"{where}: a second row for this image")
        sizes = [parse_length(size, where) for size in row.get("spacing", "").split()]
        if len(sizes) > 2:
            raise InputError(f"{where}: a spacing is one number, or row and column, not {row['spacing']!r}")
        labels[candidates[0]] = Label(
            label_class=None if class_column is None else class_of(row[class_column], where),
            patient=row.get("patient") or None,
            spacing=(sizes[0], sizes[-1]) if sizes else None,
        )
    for image in images:
        if image not in labels:
            raise InputError(f"{image}: no row for this image in {path}")
    return labels
