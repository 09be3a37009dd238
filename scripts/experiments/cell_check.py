# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check the cells of a plan against their configs before the first starts, which may be days before the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..bundle.command_line import parse_command_line, read_options
from ..bundle.configs import load_configs
from ..bundle.paths import CONFIGS
from ..errors import InputError
from .plan import Cell, Plan

RUN = 2  # words before the program's own: python -m


def check_cells(plan: Plan, cells: Sequence[Cell], command: Callable[[Cell], list[str]]) -> None:
    """Raise on a cell that cannot run as it is planned.

    Args:
        plan: the plan of the cells.
        cells: the cells to run.
        command: returns the command of a cell.

    Raises:
        InputError: an option that the configs of a training do not have, or of another type; a fold that the training
            does not divide its images into; a teacher that is taken from no training, or has no weight.
    """
    settings: dict[str, Mapping[str, Any]] = {}  # of each training; all its cells have the same options
    for cell in cells:
        where = f"{plan.path}: trainings: {cell.training}"
        if cell.training not in settings:
            files = tuple(str(CONFIGS / name) for name in plan.trainings[cell.training].configs)
            typed = replace(parse_command_line(command(cell)[RUN:]), config_files=files)
            try:
                settings[cell.training] = {**load_configs(files), **read_options(typed)}
            except InputError as error:
                raise InputError(f"{where}: {error}") from None
            _check_teachers(plan, cell, settings[cell.training], where)
        num_folds = settings[cell.training].get("num_folds")
        if isinstance(num_folds, int) and cell.fold >= num_folds:
            raise InputError(
                f"{plan.path}: cells: folds: {cell.fold}: {cell.training} has {num_folds} folds, 0 to {num_folds - 1}"
            )


def _check_teachers(plan: Plan, cell: Cell, settings: Mapping[str, Any], where: str) -> None:
    teachers, weights = plan.trainings[cell.training].teachers, settings.get("teacher_weights")
    if not isinstance(weights, Mapping):
        return  # no distillation, or an expression of its config
    for name in teachers:
        if name not in weights:
            raise InputError(f"{where}: teachers: {name} has no weight in teacher_weights {dict(weights)}; give it one")
    for name in weights:
        if name not in teachers:
            raise InputError(
                f"{where}: teachers: '{name}' is missing, which has a weight in teacher_weights {dict(weights)}; name "
                "the training that it comes from"
            )
