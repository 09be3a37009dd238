# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.profile.training FOLDER`: what a step of a training takes besides forward, backward and optimizer.

Trains the recipe's student on the data set in FOLDER for `EPOCHS` epochs and times the steps of all but the first.
Writes docs/results/benchmark/training.json, and prints the sentence of docs/speed.md.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import monai.bundle
from ignite.engine import Engine, Events
from monai.engines import IterationEvents

from scripts.files.json_file import write_json
from scripts.runs.program import describe_program
from scripts.runtimes.machine import describe_cpu
from tests.paths import ROOT

RESULT = ROOT / "docs/results/benchmark/training.json"
EPOCHS = 4
OPTIONS: dict[str, Any] = {"image_size": 192, "batch_size": 8, "epochs": EPOCHS}
CONFIGS = ("train.json", "recipe.yaml", "recipe_alone.yaml", "pretrained_student.yaml", "presence.yaml")


class StepTimer:
    """Handler that times the steps of a training, by the processor's clock.

    Attributes:
        whole: seconds of each step, from one batch to the next, without the last of an epoch.
        network: seconds of forward, loss, backward and optimizer in the same steps.
    """

    def __init__(self) -> None:
        self.whole: list[float] = []
        self.network: list[float] = []
        self._batch = self._begun = self._computed = 0.0

    def attach(self, engine: Engine) -> None:
        """Register the events."""
        engine.add_event_handler(Events.GET_BATCH_STARTED, self._next)
        engine.add_event_handler(Events.ITERATION_STARTED, self._begin)
        engine.add_event_handler(IterationEvents.MODEL_COMPLETED, self._end)

    def _next(self, engine: Engine) -> None:
        now = time.process_time()
        # The first batch of an epoch comes after the validation.
        if engine.state.epoch > 1 and engine.state.iteration % engine.state.epoch_length:
            self.whole.append(now - self._batch)
            self.network.append(self._computed)
        self._batch = now

    def _begin(self, engine: Engine) -> None:
        self._begun = time.process_time()

    def _end(self, engine: Engine) -> None:
        self._computed = time.process_time() - self._begun


def measure(dataset_dir: str) -> dict[str, Any]:
    """Train, and return the median milliseconds of a step and of its computation in the network."""
    with tempfile.TemporaryDirectory() as folder:
        overlay = Path(folder) / "timed.yaml"
        overlay.write_text("timer: {_target_: tests.profile.training.StepTimer}\n+train#handlers: ['@timer']\n")
        files = [*(str(ROOT / "configs" / name) for name in CONFIGS), str(overlay)]
        options = {**OPTIONS, "dataset_dir": dataset_dir, "bundle_root": str(ROOT), "output_dir": f"{folder}/out"}
        workflow = monai.bundle.ConfigWorkflow(config_file=files, workflow_type="train", **options)
        workflow.initialize()
        workflow.run()
        timer = workflow.parser.get_parsed_content("timer")
    return {
        "steps": len(timer.whole),
        "step_ms": round(1000 * median(timer.whole), 1),
        "network_ms": round(1000 * median(timer.network), 1),
        "ratio": round(sum(timer.whole) / sum(timer.network), 3),
    }


def training_sentence(result: Mapping[str, Any]) -> str:
    """Return the sentence of docs/speed.md."""
    return (
        f"A step of 8 images of 192×192 pixels takes {result['step_ms']:.0f} ms, forward, loss, backward and optimizer "
        f"alone {result['network_ms']:.0f} ms: {result['ratio']:.2f} times as long"
    )


if __name__ == "__main__":
    found = measure(sys.argv[1])
    write_json(RESULT, {**found, "provenance": {**describe_program(), **OPTIONS, "device": describe_cpu()}})
    print(json.dumps(found), training_sentence(found), sep="\n")
