# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Images with the predictions of several trainings of a plan, as in the paper's Fig. 7."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from ..errors import InputError
from ..evaluation.picture_sheet import draw_sheet
from ..runs.file_names import EVALUATED
from .plan import Cell, Plan

logger = logging.getLogger(__name__)


def draw_fig7(
    plan: Plan,
    preset: str,
    folders: Mapping[str, str | Path],
    work_dir: str | Path,
    output: str | Path,
    table: str | None = None,
    fold: int = 0,
    seed: int = 0,
    rows: int = 6,
) -> Path:
    """Draw images with ground truth and the predictions of the trainings of a table.

    Trainings without predictions are skipped with a log message.

    Args:
        plan: the experiment file.
        preset: name of one of its presets.
        folders: the folder of the one data set to show, by its name in the plan.
        work_dir: folder of the runs.
        output: the PNG file to write.
        table: the table whose trainings are shown; None for the first of the plan.
        fold, seed: of the runs to show.
        rows: number of images, at least one; `draw_sheet` chooses them by the first training with predictions.

    Returns:
        `output`.

    Raises:
        InputError: an unknown preset or table, a plan without tables, not exactly one data set, no predictions of any
            training; errors of `draw_sheet`.
    """
    if not plan.tables:
        raise InputError(f"{plan.path}: has no table; add one of the trainings to draw")
    table = next(iter(plan.tables)) if table is None else table
    if table not in plan.tables:
        raise InputError(f"--table {table}: unknown; {plan.path} has {', '.join(plan.tables)}")
    if len(folders) != 1:
        given = " ".join(f"{name}={folder}" for name, folder in folders.items())
        raise InputError(f"--dataset_dir {given}: fig7 needs exactly one data set")
    plan.cells(preset)  # raises on an unknown preset
    ((dataset, dataset_dir),) = folders.items()
    cells = [Cell(preset, dataset, fold, seed, row.training) for row in plan.tables[table].rows]
    runs = {plan.trainings[cell.training].title: Path(work_dir) / cell.name for cell in cells}
    columns = {title: run for title, run in runs.items() if (run / EVALUATED).is_dir()}
    if not columns:
        raise InputError(f"{work_dir}: no predictions of {', '.join(cell.name for cell in cells)}; run them first")
    for title in runs.keys() - columns.keys():
        logger.info(f"Skipped {title}: no predictions in {runs[title]}.")
    return draw_sheet(columns, dataset_dir, output, rows)
