# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The file that says which experiments there are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from ..data import CLASSES
from ..errors import InputError
from ..metrics.overlap import MEASURES
from ..teachers.initial_weights import OPTION as START_OPTION

# Options that the cell, its preset and its data set decide.
DECIDED = ("config_file", "dataset_dir", "output_dir", "resume", "fold", "seed", "split_seed", "epochs", "test_classes")


@dataclass(frozen=True)
class Training:
    """A row's training: configs of the bundle with options.

    Attributes:
        name: in the file.
        title: for tables.
        configs: the config and its overlays, below ``configs/``.
        options: by name, as on the command line.
        teachers: which training each teacher of a distillation comes from.
        starts_from: the training whose weights it starts from, None for its network's own start.
        epochs_factor: how many times the preset's epochs, rounded.
    """

    name: str
    title: str
    configs: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    teachers: Mapping[str, str] = field(default_factory=dict)
    starts_from: str | None = None
    epochs_factor: float = 1


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
class Row:
    """A row of a table: a training on some folds (all the plan has of it where empty), tested on some classes (all)."""

    key: str
    training: str
    title: str
    test_classes: tuple[str, ...] = ()
    folds: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of the paper, for each of some data sets; `published` is by data set, row key and measure."""

    name: str
    title: str
    datasets: tuple[str, ...]
    rows: tuple[Row, ...]
    published: Mapping[str, Mapping[str, Mapping[str, float]]]
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """A question that the difference of two trainings answers: the first minus the second, on the same images."""

    dataset: str
    question: str
    first: str
    second: str


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
        tables: in the order of the file.
        comparisons: in the order of the file.
    """

    path: Path
    presets: Mapping[str, Mapping[str, Any]]
    datasets: Mapping[str, str]
    trainings: Mapping[str, Training]
    grid: tuple[tuple[str, int, int, str], ...]
    test_classes: tuple[str, ...]
    tables: tuple[Table, ...]
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
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file of experiments") from None
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    wanted = ("presets", "datasets", "trainings", "test_classes", "cells", "tables", "comparisons")
    _check_keys(path, "the file", content, wanted, ())
    for name in ("presets", "datasets", "trainings", "tables"):
        _check_keys(path, name, content[name], (), None)
    for name in ("test_classes", "cells", "comparisons"):
        _check_list(path, name, content[name])
    trainings = {name: _training(path, name, given) for name, given in content["trainings"].items()}
    if twice := [title for title, n in Counter(one.title for one in trainings.values()).items() if n > 1]:
        raise InputError(f"{path}: trainings: two have the title '{twice[0]}'")
    for name, preset in content["presets"].items():
        _check_keys(path, f"presets: {name}", preset, ("image_size", "epochs", "batch_size"), None)
    _check_known(path, "test_classes", content["test_classes"], CLASSES)
    for name, training in trainings.items():
        _check_known(path, f"trainings: {name}: teachers", training.teachers.values(), trainings)
        if taught := [teacher for teacher in training.teachers.values() if trainings[teacher].teachers]:
            raise InputError(f"{path}: trainings: {name}: teachers: '{taught[0]}' has teachers itself")
        if start := training.starts_from:
            _check_known(path, f"trainings: {name}: starts_from", (start,), trainings)
            if trainings[start].teachers or trainings[start].starts_from:
                raise InputError(f"{path}: trainings: {name}: starts_from: '{start}' needs another's weights itself")
    grid: list[tuple[str, int, int, str]] = []
    for i, line in enumerate(content["cells"]):
        where = f"cells[{i}]"
        _check_keys(path, where, line, ("datasets", "folds", "seeds", "trainings"), ())
        for name, given in line.items():
            _check_list(path, f"{where}: {name}", given)
        _check_known(path, f"{where}: datasets", line["datasets"], content["datasets"])
        _check_known(path, f"{where}: trainings", line["trainings"], trainings)
        grid += product(line["datasets"], line["folds"], line["seeds"], line["trainings"])
    if not grid:
        raise InputError(f"{path}: cells: there are none")
    tables = tuple(
        _table(path, name, given, trainings, content["datasets"]) for name, given in content["tables"].items()
    )
    comparisons = []
    for i, given in enumerate(content["comparisons"]):
        where = f"comparisons[{i}]"
        _check_keys(path, where, given, ("dataset", "question", "first", "second"), ())
        _check_known(path, where, (given["first"], given["second"]), trainings)
        _check_known(path, where, (given["dataset"],), content["datasets"])
        comparisons.append(Comparison(**given))
    return Plan(
        path,
        content["presets"],
        content["datasets"],
        trainings,
        tuple(dict.fromkeys(grid)),
        tuple(content["test_classes"]),
        tables,
        tuple(comparisons),
    )


def _training(path: Path, name: str, given: Any) -> Training:
    where = f"trainings: {name}"
    _check_keys(path, where, given, ("title", "configs"), ("options", "teachers", "starts_from", "epochs_factor"))
    _check_list(path, f"{where}: configs", given["configs"])
    for part in ("options", "teachers"):
        _check_keys(path, f"{where}: {part}", given.get(part, {}), (), None)
    if decided := [option for option in given.get("options", {}) if option in DECIDED]:
        raise InputError(
            f"{path}: {where}: options: '{decided[0]}' is none of a training; its cell, preset or data set decides it"
        )
    factor = given.get("epochs_factor", 1)
    if type(factor) not in (int, float) or not 0 < factor < math.inf:
        raise InputError(f"{path}: {where}: epochs_factor: a number above 0 is expected, not {factor!r}")
    return Training(name=name, **{**given, "configs": tuple(given["configs"])})


def _table(path: Path, name: str, given: Any, trainings: Mapping[str, Training], datasets: Mapping[str, str]) -> Table:
    where = f"tables: {name}"
    _check_keys(path, where, given, ("title", "datasets", "rows"), ("published", "note"))
    for part in ("datasets", "rows"):
        _check_list(path, f"{where}: {part}", given[part])
    _check_known(path, f"{where}: datasets", given["datasets"], datasets)
    rows = []
    for row in given["rows"]:
        _check_keys(path, f"{where}: rows", row, ("training",), ("key", "title", "test_classes", "folds"))
        for part in ("test_classes", "folds"):
            _check_list(path, f"{where}: rows: {part}", row.get(part, []))
        _check_known(path, f"{where}: rows", (row["training"],), trainings)
        _check_known(path, f"{where}: test_classes", row.get("test_classes", ()), CLASSES)
        rows.append(
            Row(
                row.get("key", row["training"]),
                row["training"],
                row.get("title", trainings[row["training"]].title),
                tuple(row.get("test_classes", ())),
                tuple(row.get("folds", ())),
            )
        )
    published = given.get("published", {})
    _check_keys(path, f"{where}: published", published, (), None)
    for dataset, values in published.items():
        _check_known(path, f"{where}: published", (dataset,), given["datasets"])
        _check_keys(path, f"{where}: published: {dataset}", values, (), None)
        _check_known(path, f"{where}: published: {dataset}", values, [row.key for row in rows])
        for key, measures in values.items():
            _check_keys(path, f"{where}: published: {dataset}: {key}", measures, (), None)
            _check_known(path, f"{where}: published: {dataset}: {key}", measures, MEASURES)
    return Table(name, given["title"], tuple(given["datasets"]), tuple(rows), published, given.get("note", ""))


def _check_keys(path: Path, where: str, given: Any, needed: Iterable[str], others: Iterable[str] | None) -> None:
    if not isinstance(given, dict):
        raise InputError(f"{path}: {where}: a mapping is expected, not {given!r}")
    if missing := [key for key in needed if key not in given]:
        raise InputError(f"{path}: {where}: '{missing[0]}' is missing")
    if others is not None and (unknown := [key for key in given if key not in {*needed, *others}]):
        raise InputError(f"{path}: {where}: '{unknown[0]}' is not known here")


def _check_list(path: Path, where: str, given: Any) -> None:
    if not isinstance(given, list):
        raise InputError(f"{path}: {where}: a list is expected, not {given!r}")


def _check_known(path: Path, where: str, names: Iterable[str], known: Iterable[str]) -> None:
    if unknown := [name for name in names if name not in known]:
        raise InputError(f"{path}: {where}: '{unknown[0]}' is unknown; there are {', '.join(known)}")


def _is_part(part: str, name: str) -> bool:
    return f"/{part.strip('/')}/" in f"/{name}/"
