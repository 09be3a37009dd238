# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Format tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import printable


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    """Return a Markdown table.

    Args:
        headings: one for each column.
        rows: the cells of each row.
        text_columns: number of text columns, from the left; the others are numbers, aligned to the right.
    """
    lines = ["| " + " | ".join(printable(cell).replace("|", "\\|") for cell in row) + " |" for row in (headings, *rows)]
    rule = "|" + "---|" * text_columns + "---:|" * (len(headings) - text_columns)
    return "\n".join([lines[0], rule, *lines[1:]])
