# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.scale datalist 10 1000 10000`: one command on more and more generated images, each in a new process.

Writes docs/results/scale/COMMAND.json after each number, and prints the table of the documents.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from scripts.benchmark.processes import run_measured
from scripts.files.json_file import write_json
from scripts.prediction.chosen_network import ChosenNetwork
from scripts.prediction.export import export_onnx
from scripts.runs.program import describe_program
from scripts.runtimes.machine import describe_cpu
from tests.prediction.batches import ellipse
from tests.scale.table import RESULTS, scale_table

SHAPE = (128, 160)  # of the images


def make_images(folder: Path, count: int) -> None:
    """Write distinct images, tissue with a dark lesion, and their masks."""
    for part in ("images", "masks"):
        (folder / part / "benign").mkdir(parents=True)
    for number in range(count):
        chance = np.random.default_rng(number)
        lesion = ellipse(SHAPE, chance.uniform(0.3, 0.7, 2) * SHAPE, chance.uniform(10, 30, 2), chance.uniform(0, 180))
        noise = chance.normal(size=(3, *SHAPE)).astype(np.float32)
        layers = cv2.GaussianBlur(noise[0], (0, 0), sigmaX=12, sigmaY=3)
        speckle = np.hypot(*(cv2.GaussianBlur(part, (0, 0), sigmaX=1.6, sigmaY=1.1) for part in noise[1:]))
        level = 20 * np.log10(speckle * np.exp(layers / layers.std() * 0.6) + 1e-4) - 20 * lesion
        grey = np.clip(110 + 4 * (level - np.median(level)), 0, 255).astype(np.uint8)
        for part, pixels in (("images", grey), ("masks", 255 * lesion.astype(np.uint8))):
            cv2.imwrite(str(folder / part / "benign" / f"{number}.png"), pixels)


def datalist(data: Path, folder: Path) -> list[str]:
    """The words of `datalist` with both searches."""
    output = str(folder / "datalist.json")
    return ["datalist", "--dataset_dir", str(data), "--split", "same_lesion", "--output", output]


def predict(data: Path, folder: Path) -> list[str]:
    """The words of `predict` with the bundle's network in ONNX Runtime."""
    exported = folder.parent / "exported.onnx"
    if not exported.is_file():
        export_onnx(ChosenNetwork(device="cpu").load_trained(), exported)
    out = str(folder / "predictions")
    return ["predict", str(data / "images"), "--run", str(exported), "--runtime", "onnxruntime", "--output_dir", out]


COMMANDS: dict[str, Callable[[Path, Path], list[str]]] = {"datalist": datalist, "predict": predict}


def measured(name: str, counts: list[int]) -> Iterator[dict[str, float]]:
    """Run a command on each number of images; the time of the processor and the highest memory of its process."""
    with tempfile.TemporaryDirectory() as place:
        for count in counts:
            folder = Path(place) / str(count)
            make_images(folder / "data", count)
            os.environ["XDG_CACHE_HOME"] = str(folder)
            seconds, memory = run_measured(COMMANDS[name](folder / "data", folder))
            shutil.rmtree(folder)
            yield {"images": count, "processor_seconds": round(seconds, 1), "memory_mb": round(memory)}


def main(name: str, counts: list[int]) -> None:
    """Measure, and seal the result after each number."""
    rows = []
    for row in measured(name, counts):
        rows.append(row)
        provenance = {**describe_program(), "device": describe_cpu(), "image_shape": list(SHAPE)}
        provenance["command"] = f"python -m tests.scale {name} {' '.join(map(str, counts))}"
        write_json(RESULTS / f"{name}.json", {"rows": rows, "provenance": provenance})
    print(scale_table(json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["rows"]))


if __name__ == "__main__":
    main(sys.argv[1], [int(count) for count in sys.argv[2:]])
