# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Time several functions side by side, so that the load of the machine affects all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)

WARM_UPS = 3  # rounds that are not counted


def interleaved_seconds(
    functions: Mapping[Key, Callable[[], Any]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[Key, list[float]]:
    """Time functions in rounds that call each of them once.

    Args:
        functions: by name.
        rounds: how often each is timed, after `WARM_UPS` rounds.
        clock: returns seconds; `time.process_time` for the time of the processor.

    Returns:
        The seconds of each round, by name.
    """
    seconds: dict[Key, list[float]] = {name: [] for name in functions}
    for number in range(WARM_UPS + rounds):
        for name, function in functions.items():
            begin = clock()
            function()
            if number >= WARM_UPS:
                seconds[name].append(clock() - begin)
    return seconds
