# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the HTML report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..errors import printable
from ..files.atomic import atomic_write
from .card import KINDS, Card
from .columns import MISSING, Column, read_columns

FOLDER = Path(__file__).parent
TEMPLATE, STYLE, SCRIPT = "page.html.jinja", "page.css", "page.js"
KIND_TITLES = dict(zip(KINDS, ("predicted contour", "ground-truth contour", "diameters")))
CONFIDENCE = "confidence"  # heading of the column
LISTED = 1000  # entries of a section; more would make the page slow


def write_report(
    cards: Iterable[Card],
    output: Path,
    title: str,
    summary: Mapping[str, str],
    provenance: Mapping[str, Any],
    omitted: int = 0,
    first: str = CONFIDENCE,
    sections: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Path:
    """Write an HTML page with a sortable and filterable table of images and their contours.

    The page is one file that loads nothing else; its content security policy forbids it. It is written while it is
    rendered, to save memory. The same arguments give the same bytes.

    Args:
        cards: the images. The confidence column is left out if no card has a confidence.
        output: the HTML file to write.
        title: title of the page.
        summary: summary values by name.
        provenance: provenance of the results by name: plain values, or mappings and sequences of them.
        omitted: number of images that are not on the page because they are more confident than those shown.
        first: numeric column to sort by, smallest first, missing values last, ties in the given order. It is also shown
            with enlarged images.
        sections: further lists below the images, by heading: texts by name, of which `LISTED` are shown.

    Returns:
        `output`.

    Raises:
        ValueError: `omitted` is negative, or there is no column `first`.
        InputError: `output` cannot be written.
    """
    if omitted < 0:
        raise ValueError(f"omitted must not be negative, got {omitted}.")
    cards = list(cards)
    columns = read_columns(cards)
    ordered = _arrange(cards, columns, first)
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        finalize=lambda value: printable(value) if type(value) is str else value,  # not `Markup`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = printable  # where other filters follow
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in (STYLE, SCRIPT))
    page = environment.get_template(TEMPLATE).stream(
        cards=ordered,
        columns=columns,
        has_confidence=_have_confidence(cards),
        first=first,
        kinds={kind: KIND_TITLES[kind] for kind in KINDS if any(kind in card.contours for card in ordered)},
        title=title,
        summary=summary,
        provenance=provenance,
        omitted=omitted,
        sections={heading: texts for heading, texts in sections.items() if texts},
        listed=LISTED,
        missing=MISSING,
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
    )
    with atomic_write(output) as partial:
        # Python reads file names that are not UTF-8 with surrogates, which cannot be encoded.
        page.dump(str(partial), encoding="utf-8", errors="backslashreplace")
    return Path(output)


def _arrange(cards: Sequence[Card], columns: Sequence[Column], first: str) -> list[Card]:
    numbers = {column.title: [column.number(card) for card in cards] for column in columns}
    if _have_confidence(cards):
        numbers[CONFIDENCE] = [card.confidence for card in cards]
    if cards and first not in numbers:
        raise ValueError(f"first must be a column of the page, one of {', '.join(numbers)}, got {first!r}.")
    keys = [(number is None, number or 0) for number in numbers.get(first, ())]
    return [cards[i] for i in sorted(range(len(cards)), key=keys.__getitem__)]


def _have_confidence(cards: Sequence[Card]) -> bool:
    return any(card.confidence is not None for card in cards)


def _hash(text: str) -> str:
    """Return the hash source that allows exactly this text in a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
