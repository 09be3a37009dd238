# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The file beside an exported model that says which runtimes and precisions passed the gate, and how fast they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..bundle.paths import PROGRAM
from ..errors import InputError
from ..files.hashing import hash_file
from ..files.json_file import read_json, write_json
from ..runs.file_names import CALIBRATION
from .choice import ALL, FROM_WEIGHTS, PACKAGES, Choice
from .exported_files import model_path
from .machine import describe_cpu

SUFFIX = ".gate.json"


@dataclass(frozen=True)
class Tested:
    """A runtime and a precision that the gate has tested.

    Attributes:
        choice: runtime and precision.
        passed: whether it passed.
        milliseconds: shortest time of the network for one image.
        reference: the same of PyTorch in float32.
    """

    choice: Choice
    passed: bool
    milliseconds: float
    reference: float


def write_gate(exported: Path, weights: Path, rows: list[dict[str, Any]], provenance: Mapping[str, Any]) -> Path:
    """Write the result of the gate beside an exported model.

    Args:
        exported: the exported model in float32.
        weights: the weights that it was exported from, with their calibration beside them.
        rows: one for each runtime and precision: ``runtime``, ``precision``, ``passed``, ``milliseconds``,
            ``reference_milliseconds`` and what was measured.
        provenance: the data, and the software that measured it.

    Returns:
        The file.

    Raises:
        InputError: the file cannot be written.
    """
    path = exported.with_suffix(SUFFIX)
    checksum = cache(hash_file)  # of each file once
    content = {
        "model": checksum(exported),
        "machine": describe_cpu(),
        "calibration": _calibration(weights),
        "rows": [
            {**row, **_computed_with(Choice(row["runtime"], row["precision"]), exported, weights, checksum)}
            for row in rows
        ],
        "provenance": dict(provenance),
    }
    write_json(path, content)
    return path


def read_gate(exported: Path, weights: Path | None) -> list[Tested] | None:
    """Return what the gate has tested as it is here and now, fastest first.

    That is on this machine with this number of threads, with these files, this calibration and this version of the
    runtime.

    Args:
        exported: the exported model in float32.
        weights: the weights that are used with their calibration; None for an exported model alone, whose calibration
            the gate has compared with theirs.

    Returns:
        None if there is no result of the gate.

    Raises:
        InputError: the file is damaged.
    """
    path = exported.with_suffix(SUFFIX)
    if not path.is_file():
        return None
    content = read_json(path)
    checksum = cache(hash_file)
    try:
        if (content["model"], content["machine"]) != (checksum(exported), describe_cpu()):
            return []
        # Results before 0.11 do not tell the calibration.
        if weights is not None and content.get("calibration", "") != _calibration(weights):
            return []
        rows = [(_tested(row), row) for row in content["rows"]]
        tested = [
            each
            for each, row in rows
            if _computed_with(each.choice, exported, weights, checksum).items() <= row.items()
        ]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise InputError(f"{path}: is no result of the gate; write it again with {PROGRAM} gate") from None
    return sorted(tested, key=lambda each: each.milliseconds)


def _tested(row: Mapping[str, Any]) -> Tested:
    choice = Choice(row["runtime"], row["precision"])
    if choice not in ALL:
        raise ValueError
    return Tested(choice, bool(row["passed"]), _time(row["milliseconds"]), _time(row["reference_milliseconds"]))


def _calibration(weights: Path) -> str | None:
    path = weights.with_name(CALIBRATION)
    return hash_file(path) if path.is_file() else None


def _computed_with(
    choice: Choice, exported: Path, weights: Path | None, checksum: Callable[[Path], str]
) -> dict[str, str | None]:
    """Return the checksum of the file that a choice computes and the version of its runtime."""
    path = weights if choice.runtime in FROM_WEIGHTS else model_path(exported, choice.precision)
    try:
        installed = version(PACKAGES.get(choice.runtime, choice.runtime))
    except PackageNotFoundError:  # not installed, or under another name
        installed = None
    return {"file": checksum(path) if path and path.is_file() else None, "version": installed}


def _time(value: Any) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError
    return float(value)
