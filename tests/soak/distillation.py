# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Many short epochs of a distillation with two teachers, with validation and a checkpoint after each."""

from __future__ import annotations

import os
from pathlib import Path

from ignite.engine import Events
from monai.bundle import ConfigWorkflow

from scripts.data import make_phantoms
from tests.e2e.bundle import SMALL
from tests.paths import ROOT
from tests.soak.state import PARTS, Stopwatch, state


def soak(epochs: int, folder: Path) -> list[dict[str, float]]:
    """Distil for `epochs` epochs; the state after each of `PARTS` parts."""
    os.chdir(ROOT)
    images = make_phantoms(folder / "images", benign=12, malignant=12, normal=6, size=(64, 80))
    workflow = ConfigWorkflow(
        config_file=[str(ROOT / "configs/distill.yaml")],
        workflow_type="train",
        dataset_dir=str(images),
        output_dir=str(folder / "out"),
        epochs=epochs,
        teacher_epochs=1,
        **SMALL,
    )
    workflow.initialize()
    trainer = workflow.parser.get_parsed_content("train#trainer")
    watch = Stopwatch()
    states: list[dict[str, float]] = []
    trainer.add_event_handler(Events.STARTED, watch.look)

    @trainer.on(Events.EPOCH_COMPLETED(every=epochs // PARTS))
    def look() -> None:
        states.append(state(epochs // PARTS, watch.look()))
        print(states[-1], flush=True)

    workflow.run()
    return states
