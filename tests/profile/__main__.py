# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.profile exported.onnx FORMER`: the steps of `predict` in several runtimes, in turn.

The exported model is that of the bundle. FORMER is a checkout of an earlier version, whose `predict` runs as a whole in
the same turns. Writes docs/results/benchmark/profile.json, the median of `ROUNDS` processes of each, and prints the
table of docs/speed.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from scripts.benchmark.processes import SIZE, run_measured
from scripts.files.json_file import write_json
from scripts.runs.program import describe_program
from scripts.runtimes.choice import BFLOAT16, FLOAT32, ONNXRUNTIME, OPENVINO, TORCH, Choice
from scripts.runtimes.machine import describe_cpu
from tests.paths import ROOT
from tests.profile.table import RESULT, profile_table

CHOICES = (Choice(TORCH, FLOAT32), Choice(ONNXRUNTIME, FLOAT32), Choice(OPENVINO, BFLOAT16))
IMAGES = 16
ROUNDS = 3
CHILD = """
import json, sys
from tests.profile.steps import time_steps
result = time_steps(sys.argv[3:], int(sys.argv[1]), sys.argv[2] == "torch")
print(json.dumps(result))
"""


def measure(exported: Path, former: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Time processes of the former version and of all `CHOICES` in turn; the median of each number."""
    from scripts.data import make_phantoms

    made = make_phantoms(folder / "phantoms", benign=IMAGES, malignant=0, normal=0, size=SIZE)
    paths = sorted(path for path in made.rglob("*.png") if "mask" not in path.name)
    listing = folder / "images.txt"
    listing.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    out = ["--output_dir", str(folder / "out"), "--overwrite"]
    version = json.loads((former / "configs/metadata.json").read_text(encoding="utf-8"))["version"]
    before = f"version {version}"
    found: dict[str, list[dict[str, Any]]] = {before: [], **{str(choice): [] for choice in CHOICES}}
    for _ in range(ROUNDS):
        found[before].append(whole(paths, ["--device", "cpu", *out], former))
        for choice in CHOICES:
            network = ["--device", "cpu"] if choice.runtime == TORCH else ["--run", str(exported)]
            words = [*network, "--runtime", choice.runtime, "--precision", choice.precision, *out]
            command = [sys.executable, "-c", CHILD, str(IMAGES), choice.runtime, str(listing), *words]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
            found[str(choice)].append({**whole(paths, words, ROOT), **json.loads(done.stdout.splitlines()[-1])})
    return {name: middle(results) for name, results in found.items()}


def whole(paths: Sequence[Path], words: Sequence[str], root: Path) -> dict[str, float]:
    """Time one process for the first image, and what it takes for each further one."""
    first, memory = run_measured(["predict", str(paths[0]), *words], root)
    everything, _ = run_measured(["predict", *map(str, paths), *words], root)
    further = 1000 * (everything - first) / (len(paths) - 1)
    return {"first_mask_seconds": first, "further_image_ms": further, "peak_memory_mb": memory}


def middle(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each number."""
    numbers = {name: round(median(each[name] for each in results), 3) for name in results[0] if name != "steps"}
    steps = {step: round(median(each["steps"][step] for each in results), 2) for step in results[0].get("steps", ())}
    return {**numbers, "steps": steps}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), Path(name))
    provenance = {**describe_program(), "device": describe_cpu(), "image_shape": list(SIZE), "rounds": ROUNDS}
    result = {"profiles": found, "provenance": provenance}
    write_json(RESULT, result)
    print(profile_table(result))
