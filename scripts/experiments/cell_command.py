# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that does a cell, and whether a finished run is one of this command."""

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

START = ("python", "-m", "monai.bundle", "run")  # of every command; pairs of an option and its value follow
DATA, RUN, RESUMED, TESTED, TEACHER = "--dataset_dir", "--output_dir", "--resume", "--test_classes", "_teacher"


def command(plan: Plan, cell: Cell, dataset_dir: str | Path, test_classes: list[str], work_dir: Path) -> list[str]:
    """Return the words of the command that trains and tests a cell into its folder below `work_dir`.

    Args:
        plan: that has the cell.
        cell: to be done.
        dataset_dir: the folder of its data set.
        test_classes: those of the plan that the data set has.
        work_dir: where runs go; the weights that it needs of others are there too.
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


def as_process(words: list[str]) -> list[str]:
    """Return a command to be run by this Python, going on where an earlier attempt stopped."""
    return [sys.executable, *words[1:], RESUMED, "true"]


def as_anywhere(recorded: str, source: str, work_dir: Path) -> str:
    """Return a command that a run has recorded without what is of one machine and of one attempt.

    Args:
        recorded: the command.
        source: stands in place of the data set's folder.
        work_dir: where runs go here; `WORK_DIR` stands in its place.
    """
    words = list(START)
    for name, value in _options(shlex.split(recorded)).items():
        if name == DATA:
            value = source
        elif name == RUN or _takes_weights(name):
            value = str(as_anywhere_below(Path(value), work_dir))
        words += [name, value] if name != RESUMED else []
    return shlex.join(words)


def as_anywhere_below(path: Path, work_dir: Path) -> Path:
    """Return a path below `work_dir` as one below `WORK_DIR`; any other as it is."""
    return WORK_DIR / path.relative_to(work_dir) if path.is_relative_to(work_dir) else path


def weights_file(cell: Cell, work_dir: Path) -> Path:
    """Where the trained weights of a cell are."""
    return work_dir / cell.name / BEST


def check_made_as_planned(plan: Plan, cell: Cell, provenance: Mapping[str, Any], where: str | Path) -> None:
    """Look whether figures are those of the plan as it is now.

    Args:
        plan: that has the cell.
        cell: whose figures they are.
        provenance: of the figures; its command tells all that decided them.
        where: they are, for the message.

    Raises:
        InputError: a setting of the cell, its configs or its teachers or start have changed since.
    """
    recorded, planned = shlex.split(provenance["command"]), command(plan, cell, "", [], WORK_DIR)
    made, asked = (_settings(_options(words)) for words in (recorded, planned))
    for name in {**asked, **made}:
        if made.get(name) != asked.get(name):
            was, now = (f"{name} {own[name]}" if name in own else f"no {name}" for own in (made, asked))
            raise InputError(
                f"{where}: was made with {was}, {plan.path} now says {now}; remove it to have it computed again, or "
                "give the changed preset or training another name"
            )


def _settings(options: Mapping[str, str]) -> dict[str, str]:
    """What decides the figures of a cell: of teachers and its start the training, of folders nothing."""
    # The classes tested are those of the plan that a data set has, which results are read without.
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
    # Of a plain None the configuration's own value would stay: it is one only as an expression.
    return "$None" if value is None else str(value)
