# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The value columns of the report and the format of their cells."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TypeGuard

from .card import Card

MISSING = "–"
DIGITS = 3  # significant digits of a column's largest number; pixel measurements are no more accurate
LEAST_DECIMALS, MOST_DECIMALS = 1, 6


@dataclass(frozen=True)
class Column:
    """A value column.

    Attributes:
        title: heading, and key in `Card.values`.
        has_numbers: whether any card has a number in this column.
        has_text: whether any card has text in this column.
        decimals: number of decimals of all floats in the column.
    """

    title: str
    has_numbers: bool
    has_text: bool
    decimals: int

    def number(self, card: Card) -> float | int | None:
        """Return the card's number with full precision for sorting, None if there is none."""
        value = card.values.get(self.title)
        if not _is_number(value):
            return None
        return int(value) if isinstance(value, Integral) else float(value)

    def text(self, card: Card) -> str:
        """Return the text of the card's cell."""
        number = self.number(card)
        if number is None:
            value = card.values.get(self.title)
            return value if isinstance(value, str) else MISSING
        return str(number) if isinstance(number, int) else f"{number:.{self.decimals}f}"

    def is_empty(self, card: Card) -> bool:
        """Return whether the card has no value to sort by."""
        return self.text(card) in ("", MISSING)


def read_columns(cards: Iterable[Card]) -> list[Column]:
    """Return the columns of all cards, in order of first appearance."""
    values: dict[str, list[object]] = {}
    for card in cards:
        for title, value in card.values.items():
            values.setdefault(title, []).append(value)
    columns = []
    for title, column in values.items():
        numbers = [abs(float(value)) for value in column if _is_number(value)]
        has_text = any(isinstance(value, str) for value in column)
        columns.append(Column(title, bool(numbers), has_text, _decimals(max(numbers, default=0.0))))
    return columns


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real) and math.isfinite(value)


def _decimals(largest: float) -> int:
    # A power of ten gets the decimals of smaller numbers, so that fractions up to 1 are formatted the same.
    before_point = math.ceil(math.log10(largest)) if largest else 1
    return min(max(DIGITS - before_point, LEAST_DECIMALS), MOST_DECIMALS)
