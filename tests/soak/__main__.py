# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`make test-soak`: generated images through one process; memory, open files and rate, which must stay flat.

Writes docs/results/robustness/soak.json.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.images.image_file import Software
from scripts.postprocessing.calibration import Calibration
from scripts.prediction import Predictor
from scripts.prediction.batch import Batch
from scripts.prediction.inputs import find_inputs
from scripts.prediction.journal import FILE, Journal
from tests.paths import ROOT
from tests.prediction.batches import ellipse, scene

RESULTS = ROOT / "docs/results/robustness/soak.json"
PARTS = 10
MORE_MEMORY = 64  # MB from the second part to the last
SLOWER = 0.5  # of the rate of the second part; other work shares the cores


def state() -> dict[str, int]:
    """Memory in MB, and open files, of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"memory_mb": pages * os.sysconf("SC_PAGE_SIZE") // 10**6, "open_files": len(os.listdir("/proc/self/fd"))}


def soak(images: int, folder: Path) -> list[dict[str, float]]:
    """Predict `images` images in `PARTS` parts, with the bundle's network; the state after each."""
    segmenter = Predictor(device="cpu", runtime="torch").segmenter
    journal = Journal(folder / FILE, {})
    software = Software("LightBTSeg", "0")
    states = []
    for part in range(PARTS):
        place = folder / f"in{part}"
        place.mkdir()
        for number in range(images // PARTS):
            chance = np.random.default_rng([part, number])
            shape = tuple(chance.integers(64, 160, 2))
            grey = scene(ellipse(shape, np.multiply(shape, 0.5), chance.uniform(8, 24, 2)), number)
            Image.fromarray(grey).save(place / f"{part} {number}.png")
        begun = time.monotonic()
        batch = Batch(segmenter, Calibration(), folder, None, software)
        batch.run(find_inputs([str(place)], folder), journal)
        rate = (images // PARTS) / (time.monotonic() - begun)
        states.append({"images_per_second": round(rate, 2), **state()})
        print(states[-1], flush=True)
    if journal.failures():
        raise RuntimeError(f"images failed: {journal.failures()}")
    journal.close()
    return states


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        parts = soak(int(sys.argv[1]), Path(name))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"images": int(sys.argv[1]), "parts": parts}, indent=2) + "\n", encoding="utf-8")
    first, last = parts[1], parts[-1]
    sys.exit(
        last["memory_mb"] > first["memory_mb"] + MORE_MEMORY
        or last["open_files"] > first["open_files"]
        or last["images_per_second"] < SLOWER * first["images_per_second"]
    )
