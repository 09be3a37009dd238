# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that trains and tests a cell, and the check that a result was computed with it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..runs.file_names import BEST
from ..teachers.initial_weights import OPTION as START_OPTION
from . import WORK_DIR
from .plan import Cell, Plan

START = ("python", "-m", "monai.bundle", "run")  # start of every command, followed by pairs of option and value
DATA, RUN, RESUMED, TESTED, TEACHER = "--dataset_dir", "--output_dir", "--resume", "--test_classes", "_teacher"


def command(plan: Plan, cell: Cell, dataset_dir: str | Path, test_classes: list[str], work_dir: Path) -> list[str]:
    """Return the command that trains and tests a cell, as a list of arguments.

    Args:
        plan: the plan of the cell.
        cell: the cell to train.
        dataset_dir: folder of its data set.
        test_classes: test classes of the plan that the data set has.
        work_dir: folder of the runs, with the weights of other cells that this cell needs.
    """
    training = plan.trainings[cell.training]
    configs = [f"configs/{name}" for name in training.configs]
    options = {
        "config_file": configs[0] if len(configs) == 1 else str(configs),
        "dataset_dir": dataset_dir,
        "output_dir": work_dir / cell.name,
        **plan.options(cell),
        "test_classes": test_classes,
        **{option: weights_file(source, work_dir) for option, source in plan.sources(cell).items()},
    }
    return [*START, *(word for k, v in options.items() for word in (f"--{k}", _as_word(v)))]


def resuming_command(words: list[str]) -> list[str]:
    """Return the command with this Python interpreter, resuming an interrupted run."""
    return [sys.executable, *words[1:], RESUMED, "true"]


def portable_command(recorded: str, source: str, work_dir: Path) -> str:
    """Return a recorded command without machine paths and without ``--resume``.

    Args:
        recorded: the recorded command.
        source: name of the data set, replaces its folder.
        work_dir: folder of the runs on this machine, replaced by `WORK_DIR`.
    """
    words = list(START)
    for name, value in _options(shlex.split(recorded)).items():
        if name == DATA:
            value = source
        elif name == RUN or _takes_weights(name):
            value = str(portable_path(Path(value), work_dir))
        words += [name, value] if name != RESUMED else []
    return shlex.join(words)


def portable_path(path: Path, work_dir: Path) -> Path:
    """Return a path with `work_dir` replaced by `WORK_DIR`; other paths are unchanged."""
    return WORK_DIR / path.relative_to(work_dir) if path.is_relative_to(work_dir) else path


def weights_file(cell: Cell, work_dir: Path) -> Path:
    """Return the path of a cell's trained weights."""
    return work_dir / cell.name / BEST


def check_settings(plan: Plan, cell: Cell, provenance: Mapping[str, Any], where: str | Path) -> None:
    """Check that a result was computed with the current settings of the plan.

    Args:
        plan: the plan of the cell.
        cell: the cell of the result.
        provenance: provenance of the result, with its command.
        where: folder of the result, for the message.

    Raises:
        InputError: an option, config, teacher or initial weights of the cell differ from the plan.
    """
    recorded, planned = shlex.split(provenance["command"]), command(plan, cell, "", [], WORK_DIR)
    used, wanted = (_settings(_options(words)) for words in (recorded, planned))
    for name in {**wanted, **used}:
        if used.get(name) != wanted.get(name):
            was, now = (f"{name} {each[name]}" if name in each else f"no {name}" for each in (used, wanted))
            raise InputError(
                f"{where}: was computed with {was}, but {plan.path} has {now}; remove the folder to compute it "
                "again, or give the changed preset or training another name"
            )


def _settings(options: Mapping[str, str]) -> dict[str, str]:
    """Return the options that affect results, without folders; weights files by the name of their training."""
    # Results are read without the data set, so the test classes that it has are unknown here.
    chosen = {name: value for name, value in options.items() if name not in (DATA, RUN, RESUMED, TESTED)}
    return {
        name.removeprefix("--"): Path(value).parent.name if _takes_weights(name) else value
        for name, value in chosen.items()
    }


def _takes_weights(option: str) -> bool:
    return option.endswith(TEACHER) or option == f"--{START_OPTION}"


def _options(words: list[str]) -> dict[str, str]:
    pairs = words[len(START) :]
    return dict(zip(pairs[::2], pairs[1::2]))


def _as_word(value: Any) -> str:
    # MONAI ignores a plain None and keeps the config's value; only an expression sets None.
    return "$None" if value is None else str(value)
