# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which cell a worker does next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from graphlib import TopologicalSorter

from .plan import Cell

POLL_SECONDS = 0.5


class Schedule:
    """Hand out cells to workers, each after those whose weights it needs, in the order given otherwise.

    A cell that needs one that failed fails with it. Any thread may call any method.

    Args:
        needs: the cells to be done, in the order of their worth, and those of them whose weights each needs.
        is_over: whether no further cell is to be begun.
        changed: called, by one thread at a time, whenever `running` has changed.

    Attributes:
        running: since when cells are being done, in seconds since the epoch.
        failed: why cells failed.
    """

    def __init__(
        self, needs: Mapping[Cell, Collection[Cell]], is_over: Callable[[], bool], changed: Callable[[], None]
    ) -> None:
        self.running: dict[Cell, float] = {}
        self.failed: dict[Cell, str] = {}
        self._needs = needs
        self._is_over = is_over
        self._changed = changed
        self._rank = {cell: rank for rank, cell in enumerate(needs)}
        self._sorter = TopologicalSorter(needs)
        self._sorter.prepare()
        self._ready: list[Cell] = []
        self._condition = threading.Condition()

    def take(self) -> Cell | None:
        """Wait for a cell that can be done, and take it; None when there is none left or it is over."""
        with self._condition:
            while not self._is_over():
                self._find_ready()
                if self._ready:
                    cell = self._ready.pop(0)
                    self.running[cell] = time.time()
                    self._changed()
                    return cell
                if not self._sorter.is_active():
                    return None
                self._condition.wait(POLL_SECONDS)
            return None

    def finish(self, cell: Cell, failure: str | None = None) -> None:
        """Give back a cell that was taken, with the reason where it failed."""
        with self._condition:
            del self.running[cell]
            if failure is not None:
                self.failed[cell] = failure
            self._sorter.done(cell)
            self._condition.notify_all()
            self._changed()

    def _find_ready(self) -> None:
        while found := self._sorter.get_ready():
            for cell in found:
                if failed := next((need for need in self._needs[cell] if need in self.failed), None):
                    self.failed[cell] = f"{failed.training}, whose weights it needs, failed"
                    self._sorter.done(cell)
                else:
                    self._ready.append(cell)
        self._ready.sort(key=self._rank.__getitem__)
