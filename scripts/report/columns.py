# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The further columns of the page: which there are, and how a value stands in its cell."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TypeGuard

from .card import Card

MISSING = "–"
DIGITS = 3  # of a column's largest number; a measurement in whole pixels is not known better
LEAST_DECIMALS, MOST_DECIMALS = 1, 6


@dataclass(frozen=True)
class Column:
    """One of them.

    Attributes:
        title: its heading, which is also its key in `Card.values`.
        has_numbers: whether any card has a number there.
        has_text: whether any card has text there.
        decimals: of its numbers that are not whole by type, the same for all, so that they can be compared by eye.
    """

    title: str
    has_numbers: bool
    has_text: bool
    decimals: int

    def number(self, card: Card) -> float | int | None:
        """The card's number at full precision, to sort by; None where it has none."""
        value = card.values.get(self.title)
        if not _is_number(value):
            return None
        return int(value) if isinstance(value, Integral) else float(value)

    def text(self, card: Card) -> str:
        """What the card's cell shows."""
        number = self.number(card)
        if number is None:
            value = card.values.get(self.title)
            return value if isinstance(value, str) else MISSING
        return str(number) if isinstance(number, int) else f"{number:.{self.decimals}f}"

    def is_empty(self, card: Card) -> bool:
        """Whether the card has nothing there to sort by."""
        return self.text(card) in ("", MISSING)


def read_columns(cards: Iterable[Card]) -> list[Column]:
    """Return the columns that any card has, in the order in which they are first met."""
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
    # A power of ten has the decimals of what is below it: a column of shares does not depend on whether one is 1.
    before_point = math.ceil(math.log10(largest)) if largest else 1
    return min(max(DIGITS - before_point, LEAST_DECIMALS), MOST_DECIMALS)
