# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What the commands and cases start from, and a place for each."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from scripts.data import make_phantoms
from tests.e2e.bundle import SMALL, TEACHER
from tests.faults import commands
from tests.paths import ROOT

PLAN = {
    "presets": {"tiny": {key: SMALL[key] for key in ("image_size", "batch_size")} | {"epochs": 2}},
    "datasets": {"busi": "BUSI"},
    "trainings": {
        "student": {"title": "Student alone", "configs": ["train.json"]},
        "teacher": {
            "title": "Teacher",
            "configs": ["train_benign_teacher.yaml"],
            "options": {"network_def": TEACHER},
        },
    },
    "test_classes": ["benign", "malignant"],
    "cells": [{"datasets": ["busi"], "folds": [0], "seeds": [0], "trainings": ["teacher", "student"]}],
    "tables": {},
    "comparisons": [],
}


@dataclass(frozen=True)
class Setting:
    """Where a command or case works.

    Attributes:
        images: a data set of 15 images.
        trained: the folder of a network that was trained on it.
        calibrated: the same with a calibration.
        shards: the results of a prediction in two shards.
        plan: an experiment file with two trainings.
        clone: a clone of this repository.
        folder: of the case's own.
    """

    images: Path
    trained: Path
    calibrated: Path
    shards: Path
    plan: Path
    clone: Path
    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def place(self) -> Setting:
        """The same with a new folder."""
        folder = self.folder / str(next(self.numbers))
        folder.mkdir()
        return replace(self, folder=folder)


Case = Callable[[Setting], bool]


def prepare(folder: Path) -> Setting:
    """Make what all start from."""
    images = make_phantoms(folder / "images", benign=6, malignant=6, normal=3, size=(64, 80))
    names = ("trained", "calibrated", "shards", "plan.yaml", "clone")
    trained, calibrated, shards, plan, clone = (folder / name for name in names)
    plan.write_text(yaml.safe_dump(PLAN, sort_keys=False))
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    commands.done(commands.train(images, trained))
    shutil.copytree(trained, calibrated)
    commands.done(commands.calibrate(images, calibrated))
    for number in (1, 2):
        commands.done(commands.predict(images, shards, "--shard", f"{number}/2"))
    return Setting(images, trained, calibrated, shards, plan, clone, folder)
