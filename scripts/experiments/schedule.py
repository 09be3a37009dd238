# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Decide which cell a worker runs next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from graphlib import TopologicalSorter

from .plan import Cell

POLL_SECONDS = 0.5


class Schedule:
    """Hand out cells to workers in order of priority, each after the cells whose weights it needs.

    A cell fails if a cell that it needs has failed. All methods are thread-safe.

    Args:
        needs: cells to run, in order of priority, with the cells whose weights each needs.
        is_over: returns whether to start no further cells.
        changed: called whenever `running` has changed, by one thread at a time.

    Attributes:
        running: start time of running cells, in seconds since the epoch.
        failed: reasons of failed cells.
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
        """Wait for a cell that is ready, and return it; None if no cell is left or `is_over`."""
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
        """Mark a cell as finished, or as failed with a reason."""
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
                    self.failed[cell] = f"it needs the weights of {failed.training}, which failed"
                    self._sorter.done(cell)
                else:
                    self._ready.append(cell)
        self._ready.sort(key=self._rank.__getitem__)
