# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which column of a table is for what, by a list of names that ``docs/data.md`` repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import InputError
from .csv_table import Table, plain

MILLIMETRES = {"mm": 1.0, "cm": 10.0, "um": 0.001, "μm": 0.001}  # a unit in a name or cell, and how many it is
IMAGE, CLASS, PATIENT = "image", "class", "patient"
SPACING, ROW_SPACING, COLUMN_SPACING = "spacing", "row spacing", "column spacing"

_SPACING = "((image)?(pixel)?spacing|(image)?pixelsize)"
_NAMES = {  # as `plain` gives them, those of spacings without their unit
    IMAGE: "(image|img)(file|filename|name|path)?|file(name|path)?|path",
    CLASS: "class|label|pathology|classification|type|diagnosis|category|(lesion|tumou?r)(type|class)",
    PATIENT: "(id)?(patient|subject|case|person|participant)(id|no|nr|num|number|code|name|key)?|pid|mrn",
    SPACING: f"{_SPACING}|mmperpixel",
    ROW_SPACING: f"{_SPACING}(y|rows?|vertical)",
    COLUMN_SPACING: f"{_SPACING}(x|col|columns?|horizontal)",
}
_SECOND_CHOICE = {IMAGE: "id|name|(image|img|file)id"}  # taken where none of the others is there
_WITH_UNIT = re.compile(f"(?P<before>.*?)(in)?(?P<unit>{'|'.join(MILLIMETRES)})(?P<perpixel>((per)?(pixel|px))?)")
# What a column may be called that is meant for a role and yet is not on its list.
_LIKE = {
    PATIENT: "patient|subject|person|participant|case",
    CLASS: "class|label|patholog|diagnos|benign|malignan",
    SPACING: "spacing|pixel|resolution|mmper",
}


def choose_columns(table: Table) -> dict[str, int]:
    """Return the position of the column of each role that the table has one for.

    Raises:
        InputError: several columns are called as one role is, or one of rows and columns has a spacing alone.
    """
    chosen: dict[str, int] = {}
    for role, names in _NAMES.items():
        found = _called(table, role, names) or _called(table, role, _SECOND_CHOICE.get(role, ""))
        if len(found) > 1:
            raise InputError(
                f"{table.path}: the columns {' and '.join(repr(table.columns[place]) for place in found)} may both be "
                f"the {role}; rename or remove all but one"
            )
        if found:
            chosen[role] = found[0]
    sizes = {SPACING, ROW_SPACING, COLUMN_SPACING} & chosen.keys()
    if sizes and sizes not in ({SPACING}, {ROW_SPACING, COLUMN_SPACING}):
        names = ", ".join(repr(table.columns[chosen[role]]) for role in sorted(sizes))
        raise InputError(
            f"{table.path}: {names}: one column of pixel sizes, or one of rows and one of columns, is needed"
        )
    return chosen


def unit_of(column: str) -> str | None:
    """Return the unit of length that the name of a column ends with, None where it has none."""
    match = _WITH_UNIT.fullmatch(plain(column))
    return match["unit"] if match else None


def unused_columns(table: Table, chosen: Mapping[str, int]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the columns without a role, and those of them that look meant for a role that no column has."""
    unused = [name for place, name in enumerate(table.columns) if name and place not in chosen.values()]
    open_roles = [role for role in _LIKE if not any(role in taken for taken in chosen)]
    meant = {role: [name for name in unused if re.search(_LIKE[role], plain(name))] for role in open_roles}
    return unused, {role: names for role, names in meant.items() if names}


def _called(table: Table, role: str, names: str) -> list[int]:
    return [place for place, column in enumerate(table.columns) if column and re.fullmatch(names, _name(column, role))]


def _name(column: str, role: str) -> str:
    """Return the name of a column as `_NAMES` has it: of a spacing without unit, and of any unit per pixel in one."""
    match = _WITH_UNIT.fullmatch(plain(column)) if SPACING in role else None
    if match is None:
        return plain(column)
    return match["before"] or ("mmperpixel" if match["perpixel"] else "")
