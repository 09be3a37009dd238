# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Show the progress of long loops: a bar in a terminal, a line now and then in a log file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

from .errors import printable

INTERVAL = 10.0  # seconds between lines; a loop that ends sooner prints none

Item = TypeVar("Item")


def track(
    items: Iterable[Item], label: str, unit: str = "it", total: int | None = None, shown: bool = True
) -> Iterator[Item]:
    """Yield `items` and show on stderr how many are done, how fast, and the time left.

    Args:
        items: what to iterate over.
        label: name of the loop.
        unit: name of one item.
        total: number of items, if `items` has no length.
        shown: whether to show anything.
    """
    if not shown:
        return iter(items)
    label = printable(label)
    if sys.stderr.isatty():
        return iter(tqdm(items, label, total, leave=None, unit=unit))
    lines = {"mininterval": INTERVAL, "miniters": 1, "delay": INTERVAL, "ncols": 100, "position": 0}
    return iter(tqdm(items, label, total, file=_Lines(), unit=unit, **lines))


class _Lines:
    """A file for tqdm that prints each state on a line of stderr, where a bar would overwrite the one before."""

    def write(self, state: str) -> None:
        """Print `state`."""
        if state := state.strip():
            print(state, file=sys.stderr, flush=True)

    def flush(self) -> None:
        """Do nothing: `write` flushes."""
