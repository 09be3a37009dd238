# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands that are ended at a random moment and go on: what they leave is what an uninterrupted one leaves."""

from __future__ import annotations

import csv
import json
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from scripts.data import make_phantoms
from tests.e2e.bundle import SMALL, command
from tests.paths import ROOT
from tests.warm_python import warm_python

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LONGEST = 240  # seconds of one command


@dataclass
class Case:
    """A command into `out`, the words that continue it, what is compared, and its share of the kills."""

    words: Callable[[Path], list[str]]
    go_on: list[str]
    content: Callable[[Path], dict[str, object]]
    share: float


def prediction(folder: Path) -> dict[str, object]:
    """Rows without times, and the bytes of all masks and overlays."""
    with (folder / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]
    return {"rows": rows, **{path.name: path.read_bytes() for path in sorted(folder.rglob("*.png"))}}


def training(folder: Path) -> dict[str, object]:
    """All weights bit for bit, and the figures of the test."""
    found: dict[str, object] = {"figures": json.loads((folder / "metrics.json").read_text())}
    found["figures"].pop("provenance")
    for path in sorted(folder.rglob("*model.pt")) + sorted(folder.glob("teacher_*.pt")):
        for name, value in torch.load(path, weights_only=True).items():
            found[f"{path.relative_to(folder)} {name}"] = value.numpy().tobytes()
    return found


def datalist(folder: Path) -> dict[str, object]:
    """The file, or nothing."""
    return {"datalist": (folder / "datalist.json").read_text()}


def cases(images: Path) -> dict[str, Case]:
    """All commands that are ended."""
    scripts = ["-m", "scripts"]
    options = {"dataset_dir": images, "epochs": 2}
    alone = {key: value for key, value in SMALL.items() if key != "teacher_defs"}
    return {
        "predict": Case(
            lambda out: [*scripts, "predict", str(images), "--output_dir", str(out)], ["--resume"], prediction, 0.3
        ),
        "datalist": Case(
            lambda out: [*scripts, "datalist", "--dataset_dir", str(images), "--output", f"{out}/datalist.json"],
            ["--overwrite"],
            datalist,
            0.2,
        ),
        "train": Case(
            lambda out: command("train.json", output_dir=out, **options, **alone), ["--resume", "true"], training, 0.3
        ),
        "distill": Case(
            lambda out: command("distill.yaml", output_dir=out, **options, **SMALL), ["--resume", "true"], training, 0.2
        ),
    }


def start(words: list[str]) -> subprocess.Popen:
    return subprocess.Popen(
        [warm_python(), *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def kill(case: Case, out: Path, seconds: float, signal_number: int, whole: dict[str, object]) -> str:
    """End a command after `seconds` and continue it: "same", "over" if it was faster, or what is wrong."""
    process = start(case.words(out))
    time.sleep(seconds)
    process.send_signal(signal_number)
    _, told = process.communicate(timeout=LONGEST)
    if process.returncode == 0:
        return "over"
    if signal_number != signal.SIGKILL and "Traceback" in told:
        return f"traceback: {told[-2000:]}"
    time.sleep(0.2)  # the lock of a killed command goes with its process
    again = start(case.words(out) + (case.go_on if out.exists() and any(out.iterdir()) else []))
    _, told = again.communicate(timeout=LONGEST)
    if again.returncode != 0 and "this run is complete" not in told:
        return f"not continued: {told[-2000:]}"
    if case.content(out) != whole:
        return "another result"
    left = [path.name for path in out.rglob("*") if path.name.endswith(".partial")]
    return f"left behind: {left}" if left else "same"


def run(kills: int, folder: Path) -> dict[str, dict[str, int]]:
    """Count what became of `kills` ended commands, by command; findings are printed."""
    folder.mkdir(exist_ok=True)
    images = make_phantoms(folder / "images", benign=6, malignant=6, normal=3, size=(64, 80))
    counts = {}
    start(["-c", ""]).communicate()  # the server of warm processes, so that it does not count in the times
    for name, case in cases(images).items():
        chance = random.Random(name)
        (folder / name).mkdir()
        whole = folder / name / "whole"
        begun = time.monotonic()
        process = start(case.words(whole))
        _, told = process.communicate(timeout=LONGEST)
        seconds = time.monotonic() - begun
        if process.returncode != 0:
            raise RuntimeError(told)
        expected = case.content(whole)
        counts[name] = {"kills": 0, "same": 0}
        for number in range(round(kills * case.share)):
            moment, signal_number = seconds * chance.random(), SIGNALS[number % 3]
            became = kill(case, folder / name / str(number), moment, signal_number, expected)
            counts[name]["kills"] += became != "over"
            counts[name]["same"] += became == "same"
            if became not in ("same", "over"):
                print(f"{name} {number}, {signal_number.name} after {moment:.2f} s: {became}", flush=True)
        print(name, counts[name], f"{seconds:.1f} s each", flush=True)
    return counts
