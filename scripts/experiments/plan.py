# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The plan of experiments: its cells (single trainings), their options, and the weights that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..teachers.initial_weights import OPTION as START_OPTION
from .plan_file import Comparison, Table, Training, read_plan_file


@dataclass(frozen=True)
class Cell:
    """One training with its test: the unit of a plan, with one result file."""

    preset: str
    dataset: str
    fold: int
    seed: int
    training: str

    @property
    def name(self) -> str:
        """Folder below the results folder, such as ``cpu/busi/fold0/seed0/student``."""
        return f"{self.preset}/{self.dataset}/fold{self.fold}/seed{self.seed}/{self.training}"

    def sibling(self, training: str) -> Cell:
        """Return another training of the same preset, data set, fold and seed."""
        return Cell(self.preset, self.dataset, self.fold, self.seed, training)


@dataclass(frozen=True)
class Plan:
    """The content of an experiment file.

    Attributes:
        path: the file.
        presets: options of every training, by name of the preset.
        datasets: expected source of each data set, by name.
        trainings: by name.
        grid: data set, fold, seed and training of each cell, in order of priority.
        test_classes: classes that every training is tested on, if the data set has them.
        tables: by name, in the order of the file.
        comparisons: in the order of the file.
    """

    path: Path
    presets: Mapping[str, Mapping[str, Any]]
    datasets: Mapping[str, str]
    trainings: Mapping[str, Training]
    grid: tuple[tuple[str, int, int, str], ...]
    test_classes: tuple[str, ...]
    tables: Mapping[str, Table]
    comparisons: tuple[Comparison, ...]

    def cells(self, preset: str, only: Sequence[str] = ()) -> list[Cell]:
        """Return the cells of a preset in order of priority, each after the cells whose weights it needs.

        Args:
            preset: name of the preset.
            only: names of cells, or parts of names between slashes such as ``busi/fold0/seed0/distilled``. The cells
                whose weights they need are included. Empty for all cells.

        Raises:
            InputError: an unknown preset, or a name that no cell has.
        """
        if preset not in self.presets:
            raise InputError(f"--preset {preset}: unknown; {self.path} has {', '.join(self.presets)}")
        cells = [Cell(preset, *coordinates) for coordinates in self.grid]
        if only:
            for part in only:
                if not any(_is_part(part, cell.name) for cell in cells):
                    raise InputError(
                        f"--cells {part}: no such cell in {self.path}; "
                        f"give a name such as {cells[0].name} or a part of it"
                    )
            cells = [cell for cell in cells if any(_is_part(part, cell.name) for part in only)]
        return list(dict.fromkeys(cell for wanted in cells for cell in self._with_sources(wanted)))

    def sources(self, cell: Cell) -> dict[str, Cell]:
        """Return the cells whose weights a cell needs (teachers, initial weights), by the option for their file."""
        training = self.trainings[cell.training]
        needed = {f"{name}_teacher": teacher for name, teacher in training.teachers.items()}
        if training.starts_from:
            needed[START_OPTION] = training.starts_from
        return {option: cell.sibling(source) for option, source in needed.items()}

    def _with_sources(self, cell: Cell) -> list[Cell]:
        return [*(one for source in self.sources(cell).values() for one in self._with_sources(source)), cell]

    def options(self, cell: Cell) -> dict[str, Any]:
        """Return the options of a cell, except folders and weights. All seeds use the same folds."""
        training, preset = self.trainings[cell.training], self.presets[cell.preset]
        options = {**preset, "fold": cell.fold, "seed": cell.seed, "split_seed": 0, **training.options}
        options["epochs"] = max(1, round(preset["epochs"] * training.epochs_factor))
        return options


def read_plan(path: str | Path) -> Plan:
    """Read an experiment file.

    Raises:
        InputError: the file is missing or invalid; the message names the key.
    """
    path = Path(path)
    file = read_plan_file(path)
    return Plan(
        path,
        {name: preset.model_dump() for name, preset in file.presets.items()},
        file.datasets,
        file.trainings,
        file.grid,
        file.test_classes,
        file.tables,
        file.comparisons,
    )


def _is_part(part: str, name: str) -> bool:
    return f"/{part.strip('/')}/" in f"/{name}/"
