# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The results of one preset: the rows of the plan's tables and the answers to its questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .cell_command import check_settings
from .plan import Cell, Plan
from .plan_file import Comparison, Row, Table
from .sealed_results import Result, read_result
from .statistics import Difference, Summary, compare, pool

PAPER_SIZE, PAPER_EPOCHS = 512, 20  # the paper's sections IV-A and IV-B


@dataclass(frozen=True)
class Evidence:
    """The available results of a preset.

    Attributes:
        plan: the experiments.
        preset: name of the preset.
        results: by cell.
    """

    plan: Plan
    preset: str
    results: Mapping[Cell, Result]

    def of(self, dataset: str, training: str, folds: Iterable[int] | None = None) -> list[Result]:
        """Return the results of a training, for the seeds that have results of all folds.

        Args:
            dataset: name of the data set.
            training: name of the training.
            folds: folds to include; None for all folds of the plan.
        """
        wanted = self.folds(dataset, training) if folds is None else set(folds)
        seeds: dict[int, list[Result]] = {}
        for cell, result in self.results.items():
            if (cell.dataset, cell.training) == (dataset, training) and cell.fold in wanted:
                seeds.setdefault(cell.seed, []).append(result)
        return [result for of_seed in seeds.values() if len(of_seed) == len(wanted) for result in of_seed]

    def folds(self, dataset: str, training: str) -> set[int]:
        """Return the folds that the plan has of a training."""
        cells = self.plan.cells(self.preset)
        return {cell.fold for cell in cells if (cell.dataset, cell.training) == (dataset, training)}

    @property
    def smaller(self) -> list[str]:
        """Phrases that say where the preset is smaller than the paper; empty if it is not."""
        options = self.plan.presets[self.preset]
        size, epochs = options["image_size"], options["epochs"]
        return [
            *([f"{size}×{size} instead of {PAPER_SIZE}×{PAPER_SIZE} pixels"] if size < PAPER_SIZE else []),
            *([f"{epochs} instead of {PAPER_EPOCHS} epochs"] if epochs < PAPER_EPOCHS else []),
        ]


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its definition, its results and their summary (None if not run), and the published values."""

    row: Row
    results: Sequence[Result]
    summary: Summary | None
    published: Mapping[str, float]


@dataclass(frozen=True)
class Answer:
    """A comparison, the results of both trainings, and their difference (None if not run)."""

    comparison: Comparison
    results: Sequence[Result]
    difference: Difference | None


def read_evidence(plan: Plan, results_dir: str | Path, preset: str) -> Evidence:
    """Read the available results of a preset.

    Raises:
        InputError: an unknown preset, or a result that is damaged, was edited, or has other settings than the plan.
    """
    results = {}
    for cell in plan.cells(preset):
        if (result := read_result(results_dir, cell)) is not None:
            check_settings(plan, cell, result.metrics["provenance"], Path(results_dir) / cell.name)
            results[cell] = result
    return Evidence(plan, preset, results)


def fill_table(evidence: Evidence, table: Table, dataset: str) -> list[TableRow]:
    """Return the rows of a table on one of its data sets.

    Raises:
        InputError: as `pool`.
    """
    published = table.published.get(dataset, {})
    rows = []
    for row in table.rows:
        results = evidence.of(dataset, row.training, row.folds or table.folds or None)
        summary = pool(results, row.test_classes) if results else None
        rows.append(TableRow(row, results, summary, published.get(row.key, {})))
    return rows


def answer_questions(evidence: Evidence) -> list[Answer]:
    """Return the plan's comparisons, over the folds and seeds that both trainings have.

    Raises:
        InputError: as `compare`.
    """
    answers = []
    for comparison in evidence.plan.comparisons:
        dataset, trainings = comparison.dataset, (comparison.first, comparison.second)
        planned = set.intersection(*(evidence.folds(dataset, training) for training in trainings))
        folds = comparison.folds or planned
        first, second = (evidence.of(dataset, training, folds) for training in trainings)
        shared = {result.cell.seed for result in first} & {result.cell.seed for result in second}
        used = [result for result in (*first, *second) if result.cell.seed in shared]
        answers.append(Answer(comparison, used, compare(first, second) if shared else None))
    return answers
