# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands that are ended at a random moment and go on: what they leave is what an uninterrupted one leaves."""

from __future__ import annotations

import csv
import itertools
import json
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tests.faults import commands
from tests.faults.commands import Started, has_children, start, told
from tests.faults.setting import Setting
from tests.paths import ROOT

COMPLETE = ("this run is complete", "there is nothing to merge")  # ended after its last file
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


@dataclass
class Killed:
    """A command that is ended.

    Attributes:
        words: what starts it, for an output folder.
        content: what is compared, of an output folder.
        share: of the kills.
        go_on: the words that continue it.
        before: what is in the output folder before.
        folder: where it is started.
    """

    words: Callable[[Path], list[str]]
    content: Callable[[Path], dict[str, Any]]
    share: float
    go_on: tuple[str, ...] = ()
    before: Path | None = None
    folder: Path = ROOT

    def start(self, out: Path) -> Started:
        if self.before:
            shutil.copytree(self.before, out)
        return start(self.words(out), self.folder)

    def start_again(self, out: Path) -> Started:
        return start([*self.words(out), *self.go_on], self.folder)


def prediction(folder: Path) -> dict[str, Any]:
    """Rows without times, the figures of lesions, and the bytes of all masks and overlays."""
    with (folder / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]
    return {
        "rows": rows,
        "lesions": (folder / "lesions.csv").read_text(),
        **files("*.png")(folder),
        **files("*.jpg")(folder),
    }


def training(folder: Path) -> dict[str, Any]:
    """All weights bit for bit, and the figures of all tests."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("metrics.json")):
        figures = json.loads(path.read_text())
        found[str(path.relative_to(folder))] = {k: v for k, v in figures.items() if k not in ("provenance", "sha256")}
    for path in sorted(folder.rglob("*model.pt")) + sorted(folder.glob("teacher_*.pt")):
        for name, value in torch.load(path, weights_only=True).items():
            found[f"{path.relative_to(folder)} {name}"] = value.numpy().tobytes()
    return found


def calibration(folder: Path) -> dict[str, Any]:
    content = json.loads((folder / "calibration.json").read_text())
    return {name: value for name, value in content.items() if name != "provenance"}


def files(pattern: str = "*") -> Callable[[Path], dict[str, Any]]:
    """The bytes of the files with such a name."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob(pattern)) if path.is_file()
    }


def cases(at: Setting) -> dict[str, Killed]:
    """All commands that are ended."""
    images, resume, overwrite = at.images, ("--resume", "true"), ("--overwrite",)
    return {
        "predict": Killed(lambda out: commands.predict(images, out), prediction, 0.2, ("--resume",)),
        "merge": Killed(commands.merge, prediction, 0.08, before=at.shards),
        "datalist": Killed(lambda out: commands.datalist(images, out), files(), 0.08, overwrite),
        "train": Killed(lambda out: commands.train(images, out), training, 0.18, resume),
        "distill": Killed(lambda out: commands.distill(images, out), training, 0.12, resume),
        "experiment run": Killed(lambda out: commands.experiment(images, out, at.plan), training, 0.12),
        "calibrate": Killed(lambda out: commands.calibrate(images, out), calibration, 0.06, overwrite, at.trained),
        "trust": Killed(lambda out: commands.trust(images, out, at.calibrated), files("trust.[cmp]*"), 0.06, overwrite),
        "report": Killed(lambda out: commands.report(images, out, at.trained), files(), 0.06),
        "export": Killed(lambda out: commands.export(at.trained, out), files(), 0.03, overwrite),
        "page": Killed(commands.page, files(), 0.03, overwrite),
        "archive": Killed(commands.archive, files(), 0.06, folder=at.clone),
    }


def kill(killed: Killed, out: Path, seconds: float, signal_number: int, whole: dict[str, Any]) -> str:
    """End a command after `seconds` and continue it: "same", "over" if it was faster, or what is wrong."""
    process = killed.start(out)
    time.sleep(seconds)
    process.send_signal(signal_number)
    status, errors = told(process)
    if status == 0:
        return "over"
    # Before the config is read, a Ctrl-C is Python's: `python -m monai.bundle` imports for seconds.
    if signal_number != signal.SIGKILL and "Traceback" in errors and (out.exists() or f"{ROOT}/scripts" in errors):
        return f"traceback: {errors[-2000:]}"
    if has_children(out):
        return "a child goes on"
    status, errors = told((killed.start_again if out.exists() else killed.start)(out))
    if status != 0 and not any(done in errors for done in COMPLETE):
        return f"not continued: {errors[-2000:]}"
    if killed.content(out) != whole:
        return "another result"
    left = [path.name for path in out.rglob("*.partial")]
    return f"left behind: {left}" if left else "same"


def run(name: str, killed: Killed, number: int, at: Setting) -> dict[str, int]:
    """Count what became of `number` ended commands; findings are printed."""
    chance = random.Random(name)
    begun = time.monotonic()
    status, errors = told(killed.start(at.out))
    seconds = time.monotonic() - begun
    if status:
        raise RuntimeError(f"{name}: {errors}")
    whole = killed.content(at.out)
    counts = {"kills": 0, "same": 0}
    for each in itertools.count():
        if counts["kills"] == number:
            break
        moment, signal_number = seconds * chance.random(), SIGNALS[each % 3]
        became = kill(killed, at.folder / str(each), moment, signal_number, whole)
        if became == "over":
            seconds *= 0.9  # the first time took longer
            continue
        counts["kills"] += 1
        counts["same"] += became == "same"
        if became != "same":
            print(f"{name} {each}, {signal_number.name} after {moment:.2f} s: {became}", flush=True)
    print(name, counts, f"{seconds:.1f} s each", flush=True)
    return counts
