# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the metadata of images from a table: class, patient, pixel size."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ..patients import patient_key
from .classes import class_of
from .columns import (
    CLASS,
    COLUMN_SPACING,
    IMAGE,
    PATIENT,
    ROW_SPACING,
    SPACING,
    choose_columns,
    unit_of,
    unused_columns,
)
from .csv_table import Table, is_empty, read_table
from .spacing import parse_spacing

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Label:
    """The metadata of one image in a table; None for missing columns and, except for the class, for empty cells."""

    label_class: str | None = None
    patient: str | None = None
    spacing: tuple[float, float] | None = None


def read_labels(folder: Path, images: Sequence[Path]) -> dict[Path, Label]:
    """Read the metadata of `images` from the table in `folder`: ``labels.csv``, or the only CSV file.

    Columns are identified by their names (see `choose_columns`), and the choice is logged. Images are identified by
    their path in `folder`, their file name or its stem. Pixel sizes are in millimetres unless the column or the cell
    has another unit.

    Returns:
        The label of every image; empty labels if the folder has no table.

    Raises:
        InputError: several tables, several columns for the same value, a row without image, an image without row, an
            unknown class or an invalid number.
    """
    path = _find_table(folder)
    if path is None:
        return dict.fromkeys(images, Label())
    table = read_table(path)
    chosen = choose_columns(table)
    if IMAGE not in chosen:
        raise InputError(
            f"{path}: no column with the names of the images; name it image or filename. "
            f"The columns are {', '.join(table.columns) or 'none'}"
        )
    find = _finder(folder, images)
    units = {role: unit_of(table.columns[place]) for role, place in chosen.items() if SPACING in role}
    labels: dict[Path, Label] = {}
    for line, cells in table.rows:
        cell = {role: cells[place] for role, place in chosen.items()}
        where = f"{path}, line {line}, {cell[IMAGE]!r}"
        image = find(cell[IMAGE], where)
        if image in labels:
            raise InputError(f"{where}: duplicate row for this image")
        labels[image] = Label(
            label_class=class_of(cell[CLASS], where) if CLASS in cell else None,
            patient=None if is_empty(cell.get(PATIENT, "")) else cell[PATIENT],
            spacing=_spacing(cell, units, where),
        )
    for image in images:
        if image not in labels:
            raise InputError(f"{image}: no row for this image in {path}")
    _log_columns(table, chosen, labels)
    return labels


def _find_table(folder: Path) -> Path | None:
    tables = sorted(
        path for path in folder.iterdir() if path.suffix.lower() == ".csv" and not path.name.startswith(".")
    )
    named = [table for table in tables if table.name.lower() == "labels.csv"]
    if len(tables) > 1 and not named:
        names = ", ".join(table.name for table in tables)
        raise InputError(f"{folder}: several CSV files ({names}); name the one with the classes labels.csv")
    return next(iter(named or tables), None)


def _finder(folder: Path, images: Sequence[Path]) -> Callable[[str, str], Path]:
    """Return a function that finds the image of a cell."""
    by_name: dict[str, list[Path]] = {}
    for image in images:
        # A spreadsheet may have changed the stem 000001 to the number 1.
        for name in {image.relative_to(folder).as_posix(), image.name, image.stem, image.stem.lstrip("0")}:
            by_name.setdefault(name, []).append(image)

    def find(cell: str, where: str) -> Path:
        candidates = by_name.get(cell.replace("\\", "/"), [])
        if len(candidates) != 1:
            raise InputError(f"{where}: {'several images have' if candidates else 'no image has'} this name")
        return candidates[0]

    return find


def _spacing(cell: Mapping[str, str], units: Mapping[str, str | None], where: str) -> tuple[float, float] | None:
    """Return the pixel size (row, column) in millimetres, None if the cells are empty."""
    given = {role: cell[role] for role in units}
    if all(is_empty(text) for text in given.values()):
        return None
    if SPACING in given:
        sizes = parse_spacing(given[SPACING], units[SPACING], where)
        return sizes[0], sizes[-1]
    row, column = (parse_spacing(given[role], units[role], where) for role in (ROW_SPACING, COLUMN_SPACING))
    if len(row) + len(column) > 2:
        raise InputError(f"{where}: {given[ROW_SPACING]!r} and {given[COLUMN_SPACING]!r}: must be one number each")
    return row[0], column[0]


def _log_columns(table: Table, chosen: Mapping[str, int], labels: Mapping[Path, Label]) -> None:
    """Log which columns were used, and which were not."""
    uses = []
    for role, place in chosen.items():
        use = f"{role} from {table.columns[place]!r}"
        if role == PATIENT:
            patients = [label.patient for label in labels.values()]
            use += f" ({len({patient_key(patient) for patient in patients if patient})} patients"
            use += f", {patients.count(None)} images without one)" if None in patients else ")"
        elif SPACING in role and (sizes := [label.spacing for label in labels.values() if label.spacing]):
            axes = (0, 1) if role == SPACING else (0,) if role == ROW_SPACING else (1,)
            values = [spacing[axis] for spacing in sizes for axis in axes]
            use += f" ({min(values):g} to {max(values):g} mm a pixel"
            use += f", {len(labels) - len(sizes)} images without)" if len(sizes) < len(labels) else ")"
        uses.append(use)
    unused, meant = unused_columns(table, chosen)
    logger.info(f"{table.path}: {'; '.join(uses)}" + (f"; not used: {', '.join(unused)}" if unused else ""))
    for role, names in meant.items():
        logger.warning(
            f"{table.path}: no column has a known name for the {role}, so none is used; "
            f"did you mean {' or '.join(map(repr, names))}? docs/data.md lists the names"
        )
