# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that does a cell, and whether a finished run is one of this command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.errors import InputError
from scripts.experiments.plan import Cell, Plan
from scripts.handlers.training_checkpoint import BEST


def command(plan: Plan, cell: Cell, dataset_dir: str | Path, test_classes: list[str], work_dir: Path) -> list[str]:
    """Return the words of the command that trains and tests a cell into its folder below `work_dir`.

    Args:
        plan: that has the cell.
        cell: to be done.
        dataset_dir: the folder of its data set.
        test_classes: those of the plan that the data set has.
        work_dir: where runs go; the weights of its teachers are there too.
    """
    training = plan.trainings[cell.training]
    configs = [f"configs/{name}" for name in training.configs]
    options = {
        "config_file": configs[0] if len(configs) == 1 else str(configs),
        "dataset_dir": dataset_dir,
        "output_dir": work_dir / cell.name,
        **plan.options(cell),
        "test_classes": test_classes,
        **{f"{name}_teacher": weights_file(teacher, work_dir) for name, teacher in plan.teachers(cell).items()},
    }
    return ["python", "-m", "monai.bundle", "run", *(word for k, v in options.items() for word in (f"--{k}", str(v)))]


def as_process(words: list[str]) -> list[str]:
    """Return a command to be run by this Python, going on where an earlier attempt stopped."""
    return [sys.executable, *words[1:], "--resume", "true"]


def weights_file(cell: Cell, work_dir: Path) -> Path:
    """Where the trained weights of a cell are."""
    return work_dir / cell.name / BEST


def check_made_as_planned(plan: Plan, cell: Cell, provenance: Mapping[str, Any], where: str | Path) -> None:
    """Look whether figures are those of the plan as it is now.

    Raises:
        InputError: a setting of the cell has changed since.
    """
    for name, value in plan.options(cell).items():
        if name in provenance and provenance[name] != value:
            raise InputError(
                f"{where}: was made with {name} {provenance[name]}, {plan.path} now says {value}; remove it to have it "
                "computed again, or give the changed preset or training another name"
            )
