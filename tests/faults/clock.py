# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Clocks that jump, and files of the past and the future: the results are the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults import commands
from tests.faults.commands import done, goes, start, wait_for
from tests.faults.kills import prediction, training
from tests.faults.setting import Case, Setting

JUMPS = """
import random, runpy, sys, time
clock = time.time
time.time = lambda: max(0, clock() + random.uniform(-1e9, 1e9))
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
FIRST, LAST = 0, 4102444800  # seconds: 1970 and 2100


def jumping(make: Callable[[Setting, Path], list[str]], content: Callable[[Path], dict[str, Any]]) -> Case:
    """Each look at the clock gives another time within 30 years."""

    def case(at: Setting) -> bool:
        whole = at.folder / "whole"
        done(make(at, whole))
        _, *words = make(at, at.out)
        return goes(["-c", JUMPS, *words]) and content(at.out) == content(whole)

    return case


def set_times(folder: Path) -> None:
    """Give the files of a folder in turn the first and the last time."""
    for number, path in enumerate(sorted(folder.rglob("*"))):
        os.utime(path, 2 * (LAST if number % 2 else FIRST,))


def other_times(
    make: Callable[[Setting, Path], list[str]],
    begun: str,
    go_on: tuple[str, ...],
    content: Callable[[Path], dict[str, Any]],
) -> Case:
    """A command is killed, and its files get other times before it goes on."""

    def case(at: Setting) -> bool:
        whole = at.folder / "whole"
        done(make(at, whole))
        process = start(make(at, at.out))
        wait_for((at.out / begun).exists, process)
        process.kill()
        commands.told(process)
        set_times(at.out)
        return goes([*make(at, at.out), *go_on]) and content(at.out) == content(whole)

    return case


def predict(at: Setting, out: Path) -> list[str]:
    return commands.predict(at.images, out)


def train(at: Setting, out: Path) -> list[str]:
    return commands.train(at.images, out)


def experiment(at: Setting, out: Path) -> list[str]:
    return commands.experiment(at.images, out, at.plan)


CASES: dict[str, Case] = {
    "predict, a clock that jumps": jumping(predict, prediction),
    "train, a clock that jumps": jumping(train, training),
    "predict, results of 1970 and 2100": other_times(predict, "progress.jsonl", ("--resume",), prediction),
    "train, a run of 1970 and 2100": other_times(train, "checkpoint.pt", ("--resume", "true"), training),
    "experiment, runs of 1970 and 2100": other_times(
        experiment, "work/tiny/busi/fold0/seed0/teacher/checkpoint.pt", (), training
    ),
}
