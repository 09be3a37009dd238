# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Result files of experiments: metrics per image and a summary, with a checksum against edits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..evaluation.metrics_file import load_metrics, read_rows
from ..files.atomic import atomic_write
from ..files.json_file import write_json
from ..files.seal import SEAL, seal
from ..runs.file_names import METRICS, ROWS
from .plan import Cell


@dataclass(frozen=True)
class Result:
    """The result of a cell.

    Attributes:
        cell: the cell of the result.
        metrics: the content of ``metrics.json``: summary and provenance.
        rows: by image name; see `read_rows`.
    """

    cell: Cell
    metrics: Mapping[str, Any]
    rows: Mapping[str, Mapping[str, Any]]


def write_result(results_dir: str | Path, cell: Cell, run_dir: str | Path, provenance: Mapping[str, Any]) -> Path:
    """Copy the metrics of a complete run to the results folder and add a checksum.

    Args:
        results_dir: folder of all results.
        cell: the cell of the run.
        run_dir: folder with ``metrics.json`` and ``metrics.csv``.
        provenance: replaces entries of the run's provenance, such as a command with machine paths.

    Returns:
        The cell's folder. ``metrics.json`` is written last, so a result with this file is complete.
    """
    folder, run_dir = Path(results_dir) / cell.name, Path(run_dir)
    rows = (run_dir / ROWS).read_bytes()
    metrics = json.loads((run_dir / METRICS).read_text(encoding="utf-8"))
    metrics = {"cell": cell.name, **metrics, "provenance": {**metrics["provenance"], **provenance}}
    with atomic_write(folder / ROWS) as partial:
        partial.write_bytes(rows)
    write_json(folder / METRICS, {**metrics, SEAL: seal(metrics, rows)})
    return folder


def read_result(results_dir: str | Path, cell: Cell) -> Result | None:
    """Return a cell's result, None if there is none yet.

    Raises:
        InputError: the result is damaged, belongs to another cell, or was edited.
    """
    folder = Path(results_dir) / cell.name
    if not (folder / METRICS).is_file():
        return None
    again = "restore it from version control, or remove the folder to compute it again"
    try:
        metrics, unchanged = load_metrics(folder)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: no complete result ({type(error).__name__}: {error}); {again}") from None
    if unchanged is None:
        raise InputError(f"{folder}: no complete result: it has no checksum; {again}")
    if not unchanged:
        raise InputError(f"{folder}: {METRICS} or {ROWS} was changed after the run wrote it; {again}")
    if metrics.get("cell") != cell.name:
        raise InputError(f"{folder}: holds the result of {metrics.get('cell')}; {again}")
    return Result(cell, metrics, {row["image"]: row for row in read_rows(folder / ROWS)})
