# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The progress of a plan's cells, and an estimate of the remaining time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from ..files.folder_lock import is_locked
from ..files.markdown import markdown_table
from ..handlers.epoch_log import TRAINING_EPOCH
from ..runs.file_names import RESUME
from . import LOG, RUNNING
from .plan import Cell, Plan
from .sealed_results import Result, read_result


def status_table(plan: Plan, cells: Sequence[Cell], results_dir: str | Path, work_dir: str | Path) -> str:
    """Return a Markdown table of cells with their state and their measured or estimated training time.

    States are done, running, unfinished and missing. The time of a cell without a result is estimated from finished
    cells of the same training, scaled by pixels and epochs.

    Raises:
        InputError: a result is damaged or was edited.
    """
    results = {cell: read_result(results_dir, cell) for cell in cells}
    known = [
        result
        for preset in plan.presets
        for cell in plan.cells(preset)
        if (result := results.get(cell) or read_result(results_dir, cell)) is not None
    ]
    running = _running(results_dir, Path(work_dir))
    rows = []
    counts = dict.fromkeys(("done", "running", "unfinished", "missing"), 0)
    left, unknown = 0.0, 0
    for cell in cells:
        result, folder = results[cell], Path(work_dir) / cell.name
        if result is not None:
            state, detail, minutes = "done", "", f"{result.metrics['provenance']['training_seconds'] / 60:.1f}"
        else:
            epochs, estimate = plan.options(cell)["epochs"], _estimate(plan, cell, known)
            begun = (folder / RESUME).exists()
            epoch = _last_epoch(folder) if begun else 0
            if cell.name in running:
                state, detail = "running", f" since {(time.time() - running[cell.name]) / 60:.0f} minutes"
            else:
                state, detail = ("unfinished" if begun else "missing"), ""
            detail += f", epoch {epoch} of {epochs} done" if epoch else ""
            minutes = "?" if estimate is None else f"about {estimate / 60:.0f}"
            left, unknown = left + (estimate or 0.0) * (1 - epoch / epochs), unknown + (estimate is None)
        counts[state] += 1
        dice = None if result is None else result.metrics["lesion_dice"]  # None without any image with a lesion as well
        rows.append([cell.name, state + detail, minutes, "–" if dice is None else f"{dice['mean']:.3f}"])
    summary = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    rest = f"; about {left / 60:.0f} minutes of training are left" if left else ""
    beside = f", and {unknown} cells of unknown length" if unknown and left else ""
    table = markdown_table(["cell", "state", "minutes", "lesion Dice"], rows, text_columns=2)
    return f"{table}\n\n{len(cells)} cells: {summary}{rest}{beside}"


def _estimate(plan: Plan, cell: Cell, known: Sequence[Result]) -> float | None:
    """Return the expected seconds of a cell, None if no cell of this training is finished."""
    alike = [result for result in known if result.cell.training == cell.training]
    close = [r for r in alike if (r.cell.preset, r.cell.dataset) == (cell.preset, cell.dataset)]
    times = [_scaled(plan, cell, result) for result in close or alike]
    return fmean(times) if times else None


def _scaled(plan: Plan, cell: Cell, result: Result) -> float:
    here, there = plan.options(cell), plan.options(result.cell)
    pixels = (here["image_size"] / there["image_size"]) ** 2
    return result.metrics["provenance"]["training_seconds"] * pixels * here["epochs"] / there["epochs"]


def _running(results_dir: str | Path, work_dir: Path) -> Mapping[str, float]:
    """Return the start time of running cells by name; empty if no process holds the lock."""
    path = work_dir / RUNNING
    return json.loads(path.read_text(encoding="utf-8")) if is_locked(results_dir) and path.is_file() else {}


def _last_epoch(folder: Path) -> int:
    """Return the last epoch in a cell's log, 0 if there is none."""
    log = folder / LOG
    epochs = TRAINING_EPOCH.findall(log.read_text(encoding="utf-8", errors="replace")) if log.is_file() else []
    return int(epochs[-1]) if epochs else 0
