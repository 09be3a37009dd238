# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Schema of experiment files; their mistakes are reported in one line."""

from __future__ import annotations

import re
import reprlib
from collections import Counter
from collections.abc import Mapping
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import yaml
from monai.utils.misc import CheckKeyDuplicatesYamlLoader
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from ..bundle.configs import duplicate_keys_refused
from ..bundle.paths import CONFIGS
from ..data import CLASSES
from ..data.sources import NAMES as SOURCES
from ..errors import InputError
from ..metrics.overlap import MEASURES

# Options that are set by the cell, its preset or its data set, not by a training.
RESERVED = (
    "config_file",
    "dataset_dir",
    "output_dir",
    "resume",
    "fold",
    "seed",
    "split_seed",
    "epochs",
    "test_classes",
)
# The expected value, by pydantic's error type.
EXPECTED = {
    "dict_type": "a mapping",
    "finite_number": "a finite number",
    "float_type": "a number",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a whole number from {ge}",
    "int_type": "a whole number",
    "model_type": "a mapping",
    "string_type": "text",
    "tuple_type": "a list",
}
# Classes of the bundle and of MONAI, or a class name that MONAI looks up in its modules.
COMPONENT = re.compile(r"((scripts|monai)\.(networks|losses)\.([a-z_0-9]+\.)*)?[A-Z]\w*")
CUSTOM = "of this file"  # error type of the checks in this module, whose messages name the value


def _mistake(message: str, **values: object) -> PydanticCustomError:
    return PydanticCustomError(CUSTOM, message, values)


def _names(info: ValidationInfo) -> Mapping[str, Any]:
    """Return the names defined in the file; for trainings with their titles."""
    return info.context or {}


def _one_of(what: str) -> AfterValidator:
    """Return a validator that rejects names not defined in the file."""

    def check(name: str, info: ValidationInfo) -> str:
        known = _names(info)[what]
        if name not in known:
            raise _mistake("'{name}' is unknown; choose from {known}", name=name, known=", ".join(map(str, known)))
        return name

    return AfterValidator(check)


def _not_reserved(option: str) -> str:
    if option in RESERVED:
        raise _mistake("'{option}' cannot be set for a training; its cell, preset or data set sets it", option=option)
    return option


def _without_code(value: Any) -> Any:
    """Refuse what a config would run: an experiment file only selects configs, networks and losses."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key == "_target_" and not (isinstance(part, str) and COMPONENT.fullmatch(part)):
                raise _mistake(
                    "_target_ '{value}' is not allowed; an experiment selects classes of scripts or MONAI; write your "
                    "own into an overlay in configs/, and name that in the training's configs",
                    value=str(part),
                )
            _without_code(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _without_code(part)
    elif isinstance(value, str) and value.lstrip().startswith(("$", "%")):
        raise _mistake(
            "'{value}' is not allowed; write values, expressions ($) and references to files (%) belong in a config",
            value=value,
        )
    return value


def _below_configs(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise _mistake("'{name}' is not a file below configs/; put an overlay of your own there and name it", name=name)
    if not (CONFIGS / name).is_file():
        raise _mistake("'{name}': there is no such file in configs/", name=name)
    return name


def _known_source(source: str) -> str:
    for name in source.split(" + "):
        if name not in SOURCES:
            raise _mistake(
                "'{name}' is unknown; choose from {known} (phantoms are BUSI), several joined by ' + '",
                name=name,
                known=", ".join(SOURCES),
            )
    return source


OptionValue = Annotated[Any, AfterValidator(_without_code)]
SourceName = Annotated[str, AfterValidator(_known_source)]
ConfigName = Annotated[str, AfterValidator(_below_configs)]
TrainingName = Annotated[str, _one_of("trainings")]
DatasetName = Annotated[str, _one_of("datasets")]
ClassName = Annotated[str, _one_of("classes")]
MeasureName = Annotated[str, _one_of("measures")]
Count = Annotated[StrictInt, Field(ge=1)]
Number = Annotated[StrictInt, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Preset(_Part):
    """Options of every training; others than these three are allowed."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, OptionValue]

    image_size: Count
    epochs: Count
    batch_size: Count


class Training(_Part):
    """A training: configs of the bundle and options.

    Attributes:
        title: title in tables.
        configs: the config and its overlays, below ``configs/``.
        options: values by name, as on the command line.
        teachers: training that each teacher of a distillation comes from, by name of the teacher.
        starts_from: training whose weights are the initial weights; None for the network's default initialisation.
        epochs_factor: factor on the preset's number of epochs; the product is rounded.
    """

    title: str
    configs: tuple[ConfigName, ...]
    options: dict[Annotated[str, AfterValidator(_not_reserved)], OptionValue] = {}
    teachers: dict[str, TrainingName] = {}
    starts_from: TrainingName | None = None
    epochs_factor: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)] = 1


class Cells(_Part):
    """Cells to train: all combinations of these values."""

    datasets: tuple[DatasetName, ...]
    folds: tuple[Number, ...]
    seeds: tuple[Number, ...]
    trainings: tuple[TrainingName, ...]


class Row(_Part):
    """A row of a table: a training, its folds and test classes (all if empty).

    Key and title default to the training's name and title.
    """

    training: TrainingName
    key: str
    title: str
    test_classes: tuple[ClassName, ...] = ()
    folds: tuple[Number, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _default_names(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, dict) or not isinstance(training := given.get("training"), str):
            return given
        return {"key": training, "title": _names(info)["trainings"].get(training, ""), **given}


class Table(_Part):
    """A table, for each of its data sets; `published` has the paper's values by data set, row key and metric.

    The table's folds are those of its rows that have none.
    """

    title: str
    datasets: tuple[DatasetName, ...]
    rows: tuple[Row, ...]
    folds: tuple[Number, ...] = ()
    published: dict[DatasetName, dict[str, dict[MeasureName, float]]] = {}
    note: str = ""

    @model_validator(mode="after")
    def _check_published(self) -> Table:
        keys = [row.key for row in self.rows]
        for dataset, rows in self.published.items():
            for where, names, known in (("", [dataset], self.datasets), (f": {dataset}", rows, keys)):
                if unknown := [name for name in names if name not in known]:
                    raise _mistake(
                        "published{where}: '{name}' is unknown; choose from {known}",
                        where=where,
                        name=unknown[0],
                        known=", ".join(known),
                    )
        return self


class Comparison(_Part):
    """A comparison of two trainings on the same images: the first minus the second; on all folds if none is given."""

    dataset: DatasetName
    question: str
    first: TrainingName
    second: TrainingName
    folds: tuple[Number, ...] = ()


class PlanFile(_Part):
    """The content of an experiment file; cells are in order of priority."""

    presets: dict[str, Preset]
    datasets: dict[str, SourceName]
    trainings: dict[str, Training]
    test_classes: tuple[ClassName, ...]
    cells: tuple[Cells, ...]
    tables: dict[str, Table]
    comparisons: tuple[Comparison, ...]

    @property
    def grid(self) -> tuple[tuple[str, int, int, str], ...]:
        """Data set, fold, seed and training of each cell."""
        lines = (product(line.datasets, line.folds, line.seeds, line.trainings) for line in self.cells)
        return tuple(dict.fromkeys(cell for line in lines for cell in line))

    @model_validator(mode="after")
    def _check_trainings(self) -> PlanFile:
        if not self.grid:
            raise _mistake("cells: the list is empty; add at least one cell")
        folds = {fold for _, fold, _, _ in self.grid}
        listed = {f"tables: {name}": table.folds for name, table in self.tables.items()}
        for name, table in self.tables.items():
            listed |= {f"tables: {name}: rows[{index}]": row.folds for index, row in enumerate(table.rows)}
        listed |= {f"comparisons[{index}]": each.folds for index, each in enumerate(self.comparisons)}
        for where, given in listed.items():
            if unplanned := [fold for fold in given if fold not in folds]:
                raise _mistake("{where}: folds: {fold} is in no cells", where=where, fold=unplanned[0])
        titles = Counter(training.title for training in self.trainings.values())
        for title in (title for title, count in titles.items() if count > 1):
            raise _mistake("trainings: two have the title '{title}'", title=title)
        for name, training in self.trainings.items():
            for teacher in training.teachers.values():
                if self.trainings[teacher].teachers:
                    raise _mistake(
                        "trainings: {name}: teachers: '{t}' has teachers itself; use a training without",
                        name=name,
                        t=teacher,
                    )
            if (start := training.starts_from) and (
                self.trainings[start].teachers or self.trainings[start].starts_from
            ):
                raise _mistake(
                    "trainings: {name}: starts_from: '{start}' needs another's weights itself", name=name, start=start
                )
        return self


def read_plan_file(path: Path) -> PlanFile:
    """Read an experiment file.

    Raises:
        InputError: the file is missing or invalid; the message names the key.
    """
    try:
        with duplicate_keys_refused(path):
            content = yaml.load(path.read_text(encoding="utf-8"), CheckKeyDuplicatesYamlLoader)
    except FileNotFoundError:
        raise InputError(f"{path}: no such experiment file") from None
    except RecursionError:
        raise InputError(f"{path}: cannot be read: it is nested too deeply") from None
    except InputError:
        raise
    except (OSError, UnicodeError, TypeError, yaml.YAMLError) as error:  # TypeError: a key that is a list
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    names = {
        "datasets": list(_mapping(content, "datasets")),
        "trainings": {name: _mapping(given).get("title", "") for name, given in _mapping(content, "trainings").items()},
        "classes": CLASSES,
        "measures": list(MEASURES),
    }
    try:
        return PlanFile.model_validate(content, context=names)
    except ValidationError as error:
        raise InputError(f"{path}: {_in_one_line(error.errors()[0])}") from None


def _mapping(content: Any, key: str | None = None) -> Mapping[str, Any]:
    """Return the content, or the value of a key, if it is a mapping; else {}, which the schema reports later."""
    found = content.get(key) if key is not None and isinstance(content, dict) else content
    return found if isinstance(found, dict) else {}


def _in_one_line(error: ErrorDetails) -> str:
    place = list(error["loc"])
    if error["type"] in ("missing", "extra_forbidden"):
        problem = f"'{place.pop()}' is {'missing' if error['type'] == 'missing' else 'an unknown key'}"
    elif error["type"] == CUSTOM:
        problem = error["msg"]
        if not place:
            return problem
        if place[-1] == "[key]":
            del place[-2:]
        elif isinstance(place[-1], int):
            del place[-1]
    else:
        expected = EXPECTED.get(error["type"], error["msg"].removeprefix("Input should be "))
        problem = f"{expected.format(**error.get('ctx', {}))} is expected, not {reprlib.repr(error['input'])}"
    where = "".join(f"[{part}]" if isinstance(part, int) else f": {part}" for part in place).removeprefix(": ")
    return f"{where or 'the file'}: {problem}"
