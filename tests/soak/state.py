# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What must stay flat in a long run: memory, open files, and CPU time, which other work on the cores hardly changes."""

from __future__ import annotations

import os
import time
from pathlib import Path

PARTS = 10
MORE_MEMORY = 64  # MB from the second part to the last
SLOWER = 1.5  # times the CPU seconds of the second part


def state(done: int, cpu_seconds: float) -> dict[str, float]:
    """The state of this process after a part of `done` images or epochs."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "cpu_ms": round(1000 * cpu_seconds / done, 1),
        "memory_mb": pages * os.sysconf("SC_PAGE_SIZE") // 10**6,
        "open_files": len(os.listdir("/proc/self/fd")),
    }


def is_flat(parts: list[dict[str, float]]) -> bool:
    """Whether the last part is like the second; the first has what is made once."""
    first, last = parts[1], parts[-1]
    return (
        last["memory_mb"] <= first["memory_mb"] + MORE_MEMORY
        and last["open_files"] <= first["open_files"]
        and last["cpu_ms"] <= SLOWER * first["cpu_ms"]
    )


class Stopwatch:
    """CPU seconds of this process since the last look."""

    def __init__(self) -> None:
        self._before = time.process_time()

    def look(self) -> float:
        before, self._before = self._before, time.process_time()
        return self._before - before
