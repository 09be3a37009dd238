# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of whole processes of `predict`: the first mask, and many images from disk to disk."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from ..bundle.exit_status import describe_exit
from ..bundle.paths import PACKAGE, ROOT
from ..data import make_phantoms
from ..errors import InputError
from ..runtimes.choice import FROM_WEIGHTS, Choice

SIZE = (480, 640)  # rows and columns of the images
# A small process between, because the peak memory of a process counts that of the one that started it.
LAUNCH = """
import json, resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([status, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def time_processes(
    exported: Path, weights: Path, choices: Sequence[Choice], images: int, rounds: int, folder: Path
) -> list[dict[str, Any]]:
    """Run `predict` on one image and on many, in rounds of all choices.

    Args:
        exported: the exported model in float32, with that in int8 beside it.
        weights: the weights, for PyTorch.
        choices: runtimes and precisions.
        images: number of images, 2 or more.
        rounds: how often each process runs.
        folder: for images and results.

    Returns:
        For each choice ``first_mask_seconds`` (time of the processor from start to end for one image),
        ``seconds_per_image`` (that of each further image) and ``peak_memory_mb`` (with one image).
    """
    made = make_phantoms(folder / "images", benign=images, malignant=0, normal=0, size=SIZE)
    paths = sorted(path for path in made.rglob("*.png") if "mask" not in path.name)
    lists = {1: folder / "one.txt", images: folder / "all.txt"}
    for count, path in lists.items():
        path.write_text("".join(f"{image}\n" for image in paths[:count]), encoding="utf-8")
    seconds: dict[tuple[Choice, int], list[float]] = {}
    memory: dict[Choice, list[float]] = {}
    for _ in range(rounds):
        for choice in choices:
            from_weights = choice.runtime in FROM_WEIGHTS
            network = ["--ckpt", str(weights), "--device", "cpu"] if from_weights else ["--run", str(exported)]
            for count, path in lists.items():
                words = [str(path), *network, "--runtime", choice.runtime, "--precision", choice.precision]
                used, peak = run_measured(["predict", *words, "--output_dir", str(folder / "results"), "--overwrite"])
                seconds.setdefault((choice, count), []).append(used)
                if count == 1:
                    memory.setdefault(choice, []).append(peak)
    return [
        {
            **choice._asdict(),
            "first_mask_seconds": round(median(seconds[choice, 1]), 3),
            "seconds_per_image": round(
                (median(seconds[choice, images]) - median(seconds[choice, 1])) / (images - 1), 5
            ),
            "peak_memory_mb": round(median(memory[choice])),
        }
        for choice in choices
    ]


def run_measured(words: Sequence[str], root: Path = ROOT) -> tuple[float, float]:
    """Run a command of this package in a process.

    Args:
        words: the command and its arguments.
        root: the folder that the package is in.

    Returns:
        The processor's seconds and the peak memory in MB.

    Raises:
        InputError: it failed.
    """
    command = [sys.executable, "-c", LAUNCH, sys.executable, "-m", PACKAGE, *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise _failed(words[0], done.returncode, done.stderr)
    status, seconds, peak = json.loads(done.stdout)
    if status:
        raise _failed(words[0], status, done.stderr)
    return seconds, peak / 1024


def _failed(command: str, status: int, errors: str) -> InputError:
    """Return the error of a process that failed, with its last line; one that is killed often has none."""
    return InputError(": ".join((command, describe_exit(status), *errors.strip().splitlines()[-1:])))
