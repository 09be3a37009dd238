# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands of the suite: started, run to their end, and what a refusal looks like. Needs Linux."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from scripts.files.folder_lock import is_locked
from tests.e2e.bundle import SMALL, command
from tests.paths import ROOT
from tests.warm_python import warm_python

LONGEST = 240  # seconds of one command
CHILDREN = 30  # seconds within which the children of a command that is gone must end
ALONE = {key: value for key, value in SMALL.items() if key != "teacher_defs"}


class Started(subprocess.Popen):
    """A process, and the file that it writes its errors to: children that outlive it would keep a pipe open."""

    def __init__(self, words: list[str], folder: Path = ROOT) -> None:
        self.log: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        super().__init__(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=self.log)


def start(words: list[str], folder: Path = ROOT) -> Started:
    """Start Python with these words."""
    return Started([warm_python(), *words], folder)


def start_alone(words: list[str], memory: int | None = None) -> Started:
    """Start Python as its own process, not as a fork, with at most `memory` MB of addresses."""
    limit = f"ulimit -v {memory * 1024}; " if memory else ""
    return Started(["sh", "-c", f"{limit}exec {shlex.join([sys.executable, *words])}"])


def told(process: Started | list[str]) -> tuple[int, str]:
    """The exit status of a command and its errors; one that hangs is killed."""
    process = start(process) if isinstance(process, list) else process
    try:
        status = process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    with process.log as file:
        file.seek(0)
        return status, file.read()


def done(words: list[str]) -> None:
    """Run a command that must succeed."""
    status, errors = told(words)
    if status:
        raise RuntimeError(f"{words}: {errors}")


def goes(words: list[str]) -> bool:
    """Whether a command succeeds."""
    status, errors = told(words)
    if status:
        print(status, errors[-2000:], flush=True)
    return status == 0


def refused(process: Started | list[str], *parts: str) -> bool:
    """Whether a command ends with an error in a line, which has these parts, and without a traceback."""
    status, errors = told(process)
    lines = [line for line in errors.splitlines() if "error: " in line]
    fine = status > 0 and "Traceback" not in errors and any(all(part in line for part in parts) for line in lines)
    if not fine:
        print(status, errors[-2000:], flush=True)
    return fine


def wait_for(happened: Callable[[], object], process: Started) -> None:
    """Wait until something happened, or the process ended."""
    until = time.monotonic() + LONGEST
    while not happened() and process.poll() is None:
        if time.monotonic() > until:
            raise TimeoutError(process.args)
        time.sleep(0.01)


def processes(text: str) -> list[int]:
    """The numbers of the processes whose command line has a text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:  # it has ended
            continue
        if text.encode() in line:
            found.append(int(folder.name))
    return sorted(found)


def has_children(folder: Path) -> bool:
    """Whether a child of a command that is gone still works in its folder after `CHILDREN` seconds."""
    until = time.monotonic() + CHILDREN
    while processes(str(folder)) or any(map(is_locked, [folder, *(p for p in folder.rglob("*") if p.is_dir())])):
        if time.monotonic() > until:
            return True
        time.sleep(0.1)
    return False


def predict(images: Path, out: Path, *words: str) -> list[str]:
    return ["-m", "scripts", "predict", str(images), "--output_dir", str(out), *words]


def train(images: Path, out: Path, **options: object) -> list[str]:
    return command("train.json", dataset_dir=images, output_dir=out, **{"epochs": 2, **ALONE, **options})


def distill(images: Path, out: Path, **options: object) -> list[str]:
    return command("distill.yaml", dataset_dir=images, output_dir=out, **{"epochs": 2, **SMALL, **options})


def evaluate(images: Path, out: Path, ckpt: Path) -> list[str]:
    return command("train.json", "evaluate.json", dataset_dir=images, output_dir=out, ckpt=ckpt)


def datalist(images: Path, out: Path) -> list[str]:
    return ["-m", "scripts", "datalist", "--dataset_dir", str(images), "--output", str(out / "datalist.json")]


def calibrate(images: Path, run: Path) -> list[str]:
    return ["-m", "scripts", "calibrate", "--run", str(run), "--dataset_dir", str(images)]


def trust(images: Path, out: Path, run: Path) -> list[str]:
    return ["-m", "scripts", "trust", "--run", str(run), "--dataset_dir", str(images), "--output_dir", str(out)]


def report(images: Path, out: Path, run: Path) -> list[str]:
    return ["-m", "scripts", "report", str(run), "--dataset_dir", str(images), "--output", str(out / "report.html")]


def export(run: Path, out: Path) -> list[str]:
    return ["-m", "scripts", "export", "--run", str(run), "--output", str(out / "exported.onnx")]


def page(out: Path) -> list[str]:
    return ["-m", "scripts", "page", "--output", str(out)]


def archive(out: Path) -> list[str]:
    return ["-m", "scripts", "archive", "--output_dir", str(out)]


def merge(out: Path) -> list[str]:
    return ["-m", "scripts", "merge", str(out)]


def experiment(images: Path, out: Path, plan: Path) -> list[str]:
    folders = ["--work_dir", f"{out}/work", "--results_dir", f"{out}/results", "--dataset_dir", f"busi={images}"]
    return ["-m", "scripts", "experiment", "run", str(plan), "--preset", "tiny", *folders]
