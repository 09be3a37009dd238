# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Parse pixel sizes in tables."""

from __future__ import annotations

import re
import unicodedata

from ...errors import InputError
from .columns import MILLIMETRES

_NUMBER = re.compile(r"\d+([.,]\d*)?(e[-+]?\d+)?|[.,]\d+(e[-+]?\d+)?", re.IGNORECASE)
_UNIT = re.compile(rf"(.*?)\s*({'|'.join(MILLIMETRES)})", re.IGNORECASE)


def parse_length(text: str, where: str) -> float:
    """Return `text` as a positive number, with a decimal point or comma.

    Raises:
        InputError: anything else; the message says `where` it was read.
    """
    value = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else 0.0
    if not 0 < value < float("inf"):
        raise InputError(f"{where}: invalid pixel size {text!r}; must be a positive number")
    return value


def parse_spacing(text: str, unit: str | None, where: str) -> tuple[float, ...]:
    """Return the one or two lengths in a cell, in millimetres: ``0.08``, ``0,08``, ``0.08 0.1``, ``0.08 x 0.1 mm``.

    Args:
        text: the cell.
        unit: unit of the column, one of `MILLIMETRES`; None means millimetres, unless the cell has a unit.
        where: location for messages.

    Raises:
        InputError: an invalid cell, or a cell whose unit differs from that of its column.
    """
    inner = unicodedata.normalize("NFKC", text).strip().strip("()[]").strip()
    if found := _UNIT.fullmatch(inner):
        inner = found[1]
        if unit not in (None, found[2].lower()):
            raise InputError(f"{where}: {text!r} is in {found[2]}, but its column in {unit}")
        unit = found[2].lower()
    factor = MILLIMETRES[unit or "mm"]
    words = re.split(r"\s*[x×;|\\/]\s*|,\s+|\s+", inner)
    if len(words) > 2:
        raise InputError(f"{where}: invalid spacing {text!r}; must be one number, or row and column")
    lengths = (parse_length(word, where) for word in words)
    return tuple(length if factor == 1 else round(factor * length, 9) for length in lengths)
