# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Show the progress of long loops: a bar in a terminal, a line now and then in a log file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from tqdm import tqdm

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
    if sys.stderr.isatty():
        return iter(tqdm(items, label, total, unit=unit))
    return iter(_Lines(items, label, total, unit=unit, mininterval=INTERVAL, miniters=1, delay=INTERVAL, ncols=100))


class _Lines(tqdm):
    @staticmethod
    def status_printer(file: Any) -> Callable[[str], None]:
        """Return a function that prints each state on a line of its own."""

        started = False

        def write(state: str) -> None:
            nonlocal started
            if state:  # an empty one clears a bar; tqdm ends the last line itself
                print(f"\n{state}" if started else state, end="", file=file, flush=True)
                started = True

        return write
