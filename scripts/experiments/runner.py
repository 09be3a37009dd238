# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Train and test the cells of a plan in order of priority, each in a separate process."""

from __future__ import annotations

import json
import logging
import os
import shlex
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from ..bundle.option_types import read_option
from ..bundle.parent import Lifeline
from ..data import read_dataset
from ..data.joined_datalist import read_datasets
from ..errors import InputError
from ..files.folder_lock import held, locked
from ..files.json_file import write_json
from ..runs.file_names import FINAL, METRICS
from ..runs.folder import is_complete
from . import LOG, RUNNING, WORK_DIR
from .cell_check import check_cells
from .cell_command import check_settings, command, resuming_command
from .cell_process import failure_reason, run_process
from .plan import Cell, Plan
from .portable import portable_sources
from .schedule import Schedule
from .sealed_results import read_result, write_result

logger = logging.getLogger(__name__)


class Runner:
    """Train and test cells until all have a result.

    Cells with a result are skipped. Interrupted cells are resumed from their last epoch. Cells whose
    weights others need, such as teachers, come first. They are trained again if these weights are missing, because
    weights are too large to be published with the results.

    Args:
        plan: the plan of the cells.
        dataset_dirs: folder of each data set by its name in the plan; for joined data sets, a list of folders as text
            in brackets. Cells of other data sets are skipped.
        results_dir: folder of the result files.
        work_dir: folder of the runs.
        workers: number of cells to train at the same time; they share the CPU cores or alternate between the GPUs. None
            for one per GPU, or one on a CPU.
        stop_after: minutes after which running cells are stopped; they can be resumed later. None for no limit.

    Raises:
        InputError: a data set that is not in the plan, or a folder that is missing or holds another data set.
    """

    def __init__(
        self,
        plan: Plan,
        dataset_dirs: Mapping[str, str | Path],
        results_dir: str | Path,
        work_dir: str | Path = WORK_DIR,
        workers: int | None = None,
        stop_after: float | None = None,
    ) -> None:
        self.plan = plan
        self.results_dir, self.work_dir = Path(results_dir), Path(work_dir)
        self.gpus = torch.cuda.device_count()
        self.workers = workers or max(1, self.gpus)
        self.deadline = None if stop_after is None else time.monotonic() + 60 * stop_after
        self.dataset_dirs = {name: Path(folder) for name, folder in dataset_dirs.items()}
        self.test_classes = {name: self._find_test_classes(name, folder) for name, folder in self.dataset_dirs.items()}
        self._broken: list[str] = []

    def run(self, cells: Sequence[Cell]) -> None:
        """Train and test the cells without a result. `cells` are from `Plan.cells`, teachers before students.

        Raises:
            InputError: a cell that cannot run as planned, see `check_cells`; another runner uses the folders, or they
                cannot be written; a result was edited or has other settings; no cell has a data set; or cells failed
                (reported after all others have run).
        """
        here = [cell for cell in cells if cell.dataset in self.dataset_dirs]
        if not here:
            raise InputError(
                f"--dataset_dir: no selected cell uses {', '.join(self.dataset_dirs)}; give the folder of "
                f"{', '.join(dict.fromkeys(cell.dataset for cell in cells))}"
            )
        check_cells(self.plan, here, self._command)
        for name in dict.fromkeys(cell.dataset for cell in cells if cell not in here):
            logger.info(f"Skipping the cells of {name}: no --dataset_dir {name}=FOLDER is given.")
        with ExitStack() as locks:
            locks.enter_context(locked(self.results_dir, "--results_dir"))
            if self.work_dir.resolve() != self.results_dir.resolve():
                locks.enter_context(locked(self.work_dir, "--work_dir"))
            self._lifeline = Lifeline()
            locks.callback(self._lifeline.close)
            queue = self._queue(here)
            logger.info(f"{len(here)} cells, {len(queue)} of them to run.")
            failed = self._run_all(queue)
            (self.work_dir / RUNNING).unlink(missing_ok=True)
        if self._broken:
            raise InputError(f"the runner stopped: {self._broken[0]}")
        if failed:
            cell, reason = next(iter(failed.items()))
            raise InputError(f"{len(failed)} cells failed, the first {cell.name}: {reason}")

    def _find_test_classes(self, name: str, folder: Path) -> list[str]:
        """Return the test classes that a data set has."""
        if name not in self.plan.datasets:
            raise InputError(
                f"--dataset_dir {name}={folder}: unknown data set; {self.plan.path} has {', '.join(self.plan.datasets)}"
            )
        given = read_option("dataset_dir", str(folder))
        source, records = read_datasets(given) if isinstance(given, list) else read_dataset(given)
        if source != self.plan.datasets[name]:
            raise InputError(
                f"--dataset_dir {name}={folder}: holds {source}, but {name} must be {self.plan.datasets[name]}"
            )
        present = {record.label_class for record in records}
        return [label_class for label_class in self.plan.test_classes if label_class in present]

    def _queue(self, cells: Sequence[Cell]) -> list[Cell]:
        """Return the cells to run: those without a result, and those whose missing weights they need."""
        missing = []
        for cell in cells:
            result = read_result(self.results_dir, cell)
            if result is None:
                missing.append(cell)
            else:
                check_settings(self.plan, cell, result.metrics["provenance"], self.results_dir / cell.name)
        no_weights: set[Cell] = set()
        for cell in reversed(cells):  # teachers come before students, so students are visited first
            if cell in missing or cell in no_weights:
                sources = self.plan.sources(cell).values()
                no_weights |= {source for source in sources if not is_complete(self.work_dir / source.name)}
        return [cell for cell in cells if cell in missing or cell in no_weights]

    def _run_all(self, queue: Sequence[Cell]) -> dict[Cell, str]:
        """Run cells, several at a time; return the reasons of failed cells."""
        needs = {cell: [source for source in self.plan.sources(cell).values() if source in queue] for cell in queue}
        schedule = Schedule(
            needs,
            is_over=lambda: self._is_over() or bool(self._broken),
            changed=lambda: self._note_running(schedule.running),
        )
        threads = [threading.Thread(target=self._work, args=(schedule, i), daemon=True) for i in range(self.workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return schedule.failed

    def _work(self, schedule: Schedule, worker: int) -> None:
        try:
            while (cell := schedule.take()) is not None:
                reason = self._attempt(cell, worker)
                if reason is not None:
                    logger.error(f"{cell.name} failed: {reason}")
                schedule.finish(cell, reason)
        except Exception as error:  # such as a full disk: report it instead of losing the thread silently
            self._broken.append(f"{type(error).__name__}: {error}")

    def _attempt(self, cell: Cell, worker: int) -> str | None:
        try:
            return self._run_cell(cell, worker)
        except InputError as error:
            return str(error)
        except Exception as error:  # any error: the other cells still run
            return f"{type(error).__name__}: {error}"

    def _run_cell(self, cell: Cell, worker: int) -> str | None:
        """Run one cell; return why it failed, or None."""
        folder = self.work_dir / cell.name
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        if not is_complete(folder):
            words = self._command(cell)
            log = folder / LOG
            logger.info(f"Starting {cell.name}; its output goes to {log}.")
            environment = {**self._environment(worker), **self._lifeline.environment}
            inherited = [*held(), self._lifeline.descriptor]
            status = run_process(resuming_command(words), words, log, environment, inherited, self._is_over)
            if status is None:
                logger.info(
                    f"Stopped {cell.name}: the time of --stop_after is over. Run the command again to resume it."
                )
                return None
            if status:
                return f"{failure_reason(log, status)} ({log})"
        metrics = json.loads((folder / METRICS).read_text(encoding="utf-8"))
        check_settings(self.plan, cell, metrics["provenance"], folder)
        if read_result(self.results_dir, cell) is None:
            written = write_result(self.results_dir, cell, folder, self._provenance(cell, metrics["provenance"]))
            logger.info(f"Finished {cell.name} after {(time.monotonic() - started) / 60:.1f} minutes: {written}")
        (folder / FINAL).unlink(missing_ok=True)  # cells are never trained further, and checkpoints are large
        return None

    def _command(self, cell: Cell) -> list[str]:
        folder, classes = self.dataset_dirs[cell.dataset], self.test_classes[cell.dataset]
        return command(self.plan, cell, folder, classes, self.work_dir)

    def _environment(self, worker: int) -> dict[str, str]:
        environment = dict(os.environ)
        if self.gpus:
            visible = environment.get("CUDA_VISIBLE_DEVICES") or ",".join(map(str, range(self.gpus)))
            environment["CUDA_VISIBLE_DEVICES"] = visible.split(",")[worker % self.gpus]
        elif self.workers > 1:  # more threads than cores are many times slower
            environment["OMP_NUM_THREADS"] = str(max(1, len(os.sched_getaffinity(0)) // self.workers))
        return environment

    def _provenance(self, cell: Cell, provenance: Mapping[str, Any]) -> dict[str, Any]:
        """Return the provenance of a run, its command included, without machine paths."""
        source = self.plan.datasets[cell.dataset]
        words = command(self.plan, cell, source, self.test_classes[cell.dataset], WORK_DIR)
        return {**portable_sources(provenance, source, self.work_dir), "command": shlex.join(words)}

    def _is_over(self) -> bool:
        return self.deadline is not None and time.monotonic() > self.deadline

    def _note_running(self, running: Mapping[Cell, float]) -> None:
        write_json(self.work_dir / RUNNING, {cell.name: since for cell, since in running.items()})
