# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Processes that are killed under a command, and too little memory: one line, and it goes on. Needs Linux."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.data import make_phantoms
from tests.faults import commands
from tests.faults.commands import done, goes, has_children, predict, processes, refused, start_alone, wait_for
from tests.faults.kills import training
from tests.faults.setting import Case, Setting

MEMORY = {"predict": 2000, "train": 5000}  # MB of addresses, enough for small images


def children(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []  # it has ended


def reader_killed(at: Setting) -> bool:
    """The processes that read images are killed; the training ends in one line and goes on to the same weights."""
    words = commands.train(at.images, at.out, epochs=6, num_workers=1)
    done(commands.train(at.images, at.folder / "whole", epochs=6, num_workers=1))
    process = start_alone(words)
    wait_for((at.out / "checkpoint.pt").exists, process)
    while process.poll() is None:
        for reader in children(process.pid):
            with suppress(ProcessLookupError):
                os.kill(reader, signal.SIGKILL)
        time.sleep(0.05)
    line = refused(process, "a process that reads images was killed")
    return line and goes([*words, "--resume", "true"]) and training(at.out) == training(at.folder / "whole")


def training_killed(at: Setting) -> bool:
    """A training of an experiment is killed; the runner says so, and a second one goes on to the same results."""
    done(commands.experiment(at.images, at.folder / "whole", at.plan))
    words = commands.experiment(at.images, at.out, at.plan)
    process = start_alone(words)
    cell = at.out / "work/tiny/busi/fold0/seed0/teacher"
    wait_for((cell / "checkpoint.pt").exists, process)
    for pid in processes(f"--output_dir {cell}"):
        os.kill(pid, signal.SIGKILL)
    line = refused(process, "killed by SIGKILL") and not has_children(at.out)
    return line and goes(words) and training(at.out) == training(at.folder / "whole")


def runner_killed(at: Setting) -> bool:
    """A runner is killed; its training ends with it."""
    process = start_alone(commands.experiment(at.images, at.out, at.plan))
    wait_for((at.out / "work/tiny/busi/fold0/seed0/teacher/checkpoint.pt").exists, process)
    os.kill(process.pid, signal.SIGKILL)
    return process.wait() < 0 and not has_children(at.out)


def image_too_large_for_memory(at: Setting) -> bool:
    """A huge image costs itself a line; the small ones have their masks."""
    images = make_phantoms(at.folder / "images", benign=2, malignant=0, normal=0, size=(64, 80))
    Image.fromarray(np.tile(np.arange(250, dtype=np.uint8), (7900, 32))).save(images / "huge.png")
    line = refused(start_alone(predict(images, at.out), memory=MEMORY["predict"]), "huge.png", "memory")
    return line and len(list(at.out.rglob("*_mask.png"))) == 2


def batch_too_large_for_memory(make: Callable[..., list[str]]) -> Case:
    """A training that has too little memory for a batch writes no weights."""

    def case(at: Setting) -> bool:
        words = make(at.images, at.out, image_size=4096, batch_size=8)
        line = refused(start_alone(words, memory=MEMORY["train"]), "not enough memory")
        return line and not (at.out / "model.pt").exists()

    return case


CASES: dict[str, Case] = {
    "train, a process that reads images is killed": reader_killed,
    "experiment, a training is killed": training_killed,
    "experiment, the runner is killed": runner_killed,
    "predict, an image too large for the memory": image_too_large_for_memory,
    "train, a batch too large for the memory": batch_too_large_for_memory(commands.train),
    "distill, a batch too large for the memory": batch_too_large_for_memory(commands.distill),
}
