# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Experiments: the cells of a plan, what each needs and with which options it is trained."""

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
    """One training to be done and tested: what its result file is of."""

    preset: str
    dataset: str
    fold: int
    seed: int
    training: str

    @property
    def name(self) -> str:
        """Its folder below the results: ``cpu/busi/fold0/seed0/student``."""
        return f"{self.preset}/{self.dataset}/fold{self.fold}/seed{self.seed}/{self.training}"

    def sibling(self, training: str) -> Cell:
        """Another training of the same preset, data, fold and seed."""
        return Cell(self.preset, self.dataset, self.fold, self.seed, training)


@dataclass(frozen=True)
class Plan:
    """Everything that the file says.

    Attributes:
        path: the file.
        presets: options of every training, by the preset's name.
        datasets: the source that a folder must turn out to be, by the data set's name.
        trainings: by name.
        grid: cells without their preset, in the order of their worth.
        test_classes: what every training is tested on, as far as the data set has these classes.
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
        """Return the cells of a preset, in the order of their worth, each after those whose weights it needs.

        Args:
            preset: its name.
            only: parts of cell names, such as ``busi/fold0/seed0/distilled``; a cell is taken if one of them is its
                name or the end or beginning of it, between slashes. Those whose weights they need come with them.

        Raises:
            InputError: an unknown preset, or a part that no cell has.
        """
        if preset not in self.presets:
            raise InputError(f"--preset {preset}: unknown; {self.path} has {', '.join(self.presets)}")
        cells = [Cell(preset, *place) for place in self.grid]
        if only:
            for part in only:
                if not any(_is_part(part, cell.name) for cell in cells):
                    raise InputError(
                        f"--cells {part}: no such cell in {self.path}; names are as {cells[0].name}, whole or in part"
                    )
            cells = [cell for cell in cells if any(_is_part(part, cell.name) for part in only)]
        return list(dict.fromkeys(cell for wanted in cells for cell in self._with_sources(wanted)))

    def sources(self, cell: Cell) -> dict[str, Cell]:
        """Return the cells whose weights a cell needs, teachers and start, by the option that takes their file."""
        training = self.trainings[cell.training]
        needed = {f"{name}_teacher": teacher for name, teacher in training.teachers.items()}
        if training.starts_from:
            needed[START_OPTION] = training.starts_from
        return {option: cell.sibling(source) for option, source in needed.items()}

    def _with_sources(self, cell: Cell) -> list[Cell]:
        return [*(one for source in self.sources(cell).values() for one in self._with_sources(source)), cell]

    def options(self, cell: Cell) -> dict[str, Any]:
        """Return what a cell sets, by option, apart from its folders and weights: all seeds on the same folds."""
        training, preset = self.trainings[cell.training], self.presets[cell.preset]
        options = {**preset, "fold": cell.fold, "seed": cell.seed, "split_seed": 0, **training.options}
        options["epochs"] = max(1, round(preset["epochs"] * training.epochs_factor))
        return options


def read_plan(path: str | Path) -> Plan:
    """Read a file of experiments.

    Raises:
        InputError: it is missing or damaged, or something in it does not fit; the message names the place.
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
