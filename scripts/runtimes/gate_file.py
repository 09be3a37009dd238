# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The file beside an exported model that says which runtimes and precisions passed the gate, and how fast they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..bundle.paths import PROGRAM
from ..errors import InputError
from ..files.hashing import hash_file
from ..files.json_file import read_json, write_json
from .choice import ALL, Choice
from .machine import describe_cpu

SUFFIX = ".gate.json"


@dataclass(frozen=True)
class Passed:
    """A runtime and a precision that passed.

    Attributes:
        choice: runtime and precision.
        milliseconds: shortest time of the network for one image.
        reference: the same of PyTorch in float32.
    """

    choice: Choice
    milliseconds: float
    reference: float


def write_gate(exported: Path, rows: list[dict[str, Any]], provenance: Mapping[str, Any]) -> Path:
    """Write the result of the gate beside an exported model.

    Args:
        exported: the exported model in float32.
        rows: one for each runtime and precision: ``runtime``, ``precision``, ``passed``, ``milliseconds``,
            ``reference_milliseconds`` and what was measured.
        provenance: the data, and the software that measured it.

    Returns:
        The file.

    Raises:
        InputError: the file cannot be written.
    """
    path = exported.with_suffix(SUFFIX)
    content = {"model": hash_file(exported), "machine": describe_cpu(), "rows": rows, "provenance": dict(provenance)}
    write_json(path, content)
    return path


def read_gate(exported: Path) -> list[Passed] | None:
    """Return what passed the gate on this machine, fastest first.

    Args:
        exported: the exported model in float32.

    Returns:
        None if the gate was not run on this machine, with this number of threads, for this model.

    Raises:
        InputError: the file is damaged.
    """
    path = exported.with_suffix(SUFFIX)
    if not path.is_file():
        return None
    content = read_json(path)
    try:
        if (content["model"], content["machine"]) != (hash_file(exported), describe_cpu()):
            return None
        passed = [
            Passed(
                Choice(row["runtime"], row["precision"]),
                _time(row["milliseconds"]),
                _time(row["reference_milliseconds"]),
            )
            for row in content["rows"]
            if row["passed"]
        ]
        if not all(each.choice in ALL for each in passed):
            raise ValueError
    except (KeyError, TypeError, ValueError, OverflowError):
        raise InputError(f"{path}: is no result of the gate; write it again with {PROGRAM} gate") from None
    return sorted(passed, key=lambda each: each.milliseconds)


def _time(value: Any) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError
    return float(value)
