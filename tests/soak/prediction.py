# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Generated images through one process that predicts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from scripts.images.image_file import Software
from scripts.postprocessing.calibration import Calibration
from scripts.prediction import Predictor
from scripts.prediction.batch import Batch
from scripts.prediction.inputs import find_inputs
from scripts.prediction.journal import FILE, Journal
from tests.prediction.batches import ellipse, scene
from tests.soak.state import PARTS, Stopwatch, state


def soak(images: int, folder: Path) -> list[dict[str, float]]:
    """Predict `images` images with the bundle's network; the state after each of `PARTS` parts."""
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
        watch = Stopwatch()
        Batch(segmenter, Calibration(), folder, None, software).run(find_inputs([str(place)], folder), journal)
        states.append(state(images // PARTS, watch.look()))
        print(states[-1], flush=True)
    if journal.failures():
        raise RuntimeError(f"images failed: {journal.failures()}")
    journal.close()
    return states
