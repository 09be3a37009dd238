# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Identify the columns of a table by their names, which ``docs/data.md`` lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import InputError
from .csv_table import Table, plain

MILLIMETRES = {"mm": 1.0, "cm": 10.0, "um": 0.001, "μm": 0.001}  # units in names or cells, in millimetres
IMAGE, CLASS, PATIENT = "image", "class", "patient"
SPACING, ROW_SPACING, COLUMN_SPACING = "spacing", "row spacing", "column spacing"

_SPACING = "((image)?(pixel)?spacing|(image)?pixelsize)"
_NAMES = {  # normalised by `plain`; names of spacings without unit
    IMAGE: "(image|img)(file|filename|name|path)?|file(name|path)?|path",
    CLASS: "class|label|pathology|classification|type|diagnosis|category|(lesion|tumou?r)(type|class)",
    PATIENT: "(id)?(patient|subject|case|person|participant)(id|no|nr|num|number|code|name|key)?|pid|mrn",
    SPACING: f"{_SPACING}|mmperpixel",
    ROW_SPACING: f"{_SPACING}(y|rows?|vertical)",
    COLUMN_SPACING: f"{_SPACING}(x|col|columns?|horizontal)",
}
_SECOND_CHOICE = {IMAGE: "id|name|(image|img|file)id"}  # used if there is no other
_WITH_UNIT = re.compile(f"(?P<before>.*?)(in)?(?P<unit>{'|'.join(MILLIMETRES)})(?P<perpixel>((per)?(pixel|px))?)")
# Names that suggest a role without being in the list, for a warning.
_LIKE = {
    PATIENT: "patient|subject|person|participant|case",
    CLASS: "class|label|patholog|diagnos|benign|malignan",
    SPACING: "spacing|pixel|resolution|mmper",
}


def choose_columns(table: Table) -> dict[str, int]:
    """Return the position of the column for each role that the table has.

    Raises:
        InputError: several columns have names of the same role, or there is a spacing of rows without one of columns.
    """
    chosen: dict[str, int] = {}
    for role, names in _NAMES.items():
        found = _find_columns(table, role, names) or _find_columns(table, role, _SECOND_CHOICE.get(role, ""))
        if len(found) > 1:
            raise InputError(
                f"{table.path}: the columns {' and '.join(repr(table.columns[place]) for place in found)} may each be "
                f"the {role}; rename or remove all but one"
            )
        if found:
            chosen[role] = found[0]
    sizes = {SPACING, ROW_SPACING, COLUMN_SPACING} & chosen.keys()
    if sizes and sizes not in ({SPACING}, {ROW_SPACING, COLUMN_SPACING}):
        names = ", ".join(repr(table.columns[chosen[role]]) for role in sorted(sizes))
        raise InputError(f"{table.path}: {names}: give one column of pixel sizes, or one for rows and one for columns")
    return chosen


def unit_of(column: str) -> str | None:
    """Return the unit of length at the end of a column name, None if there is none."""
    match = _WITH_UNIT.fullmatch(plain(column))
    return match["unit"] if match else None


def unused_columns(table: Table, chosen: Mapping[str, int]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the unused columns, and those that may be meant for a role that no column has, by role."""
    unused = [name for place, name in enumerate(table.columns) if name and place not in chosen.values()]
    open_roles = [role for role in _LIKE if not any(role in taken for taken in chosen)]
    meant = {role: [name for name in unused if re.search(_LIKE[role], plain(name))] for role in open_roles}
    return unused, {role: names for role, names in meant.items() if names}


def _find_columns(table: Table, role: str, names: str) -> list[int]:
    return [place for place, column in enumerate(table.columns) if column and re.fullmatch(names, _name(column, role))]


def _name(column: str, role: str) -> str:
    """Return the normalised name of a column for `_NAMES`; names of spacings without unit."""
    match = _WITH_UNIT.fullmatch(plain(column)) if SPACING in role else None
    if match is None:
        return plain(column)
    return match["before"] or ("mmperpixel" if match["perpixel"] else "")
