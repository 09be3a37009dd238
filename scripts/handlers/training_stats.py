# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a training's progress to a file, from which MONAI Label's server tells it to viewers."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from ignite.engine import Engine, Events
from monai.engines import Evaluator

from ..distributed import rank_zero_only
from ..files.json_file import write_json


class TrainingStats:
    """Write the progress of a training as JSON, before and after each epoch, as MONAI Label's tasks do.

    Keys: ``total_epochs``, ``epoch`` (complete epochs), ``start_ts`` (Unix time in seconds), ``current_time`` (h:mm:ss
    so far, including the time before it was resumed; ``total_time`` after the last epoch), ``best_metric`` (0 before
    the first validation), and in ``train`` and ``eval`` the metrics of the last epoch. It must come after the handler
    that validates.

    Args:
        path: file to write.
        evaluator: evaluator of the validation, with a key metric.

    Example:
        >>> import json
        >>> from pathlib import Path
        >>> from monai.data import DataLoader
        >>> from monai.engines import SupervisedEvaluator
        >>> from ignite.engine import Engine
        >>> from scripts.handlers import TrainingStats
        >>> evaluator = SupervisedEvaluator("cpu", DataLoader([0]), None)
        >>> trainer = Engine(lambda engine, batch: None)
        >>> TrainingStats("stats.json", evaluator).attach(trainer)
        >>> _ = trainer.run([0], max_epochs=3)
        >>> stats = json.loads(Path("stats.json").read_text())
        >>> stats["epoch"], stats["total_epochs"], stats["total_time"]
        (3, 3, '0:00:00')
    """

    def __init__(self, path: str | Path, evaluator: Evaluator) -> None:
        self.path = Path(path)
        self.evaluator = evaluator
        self._started = 0.0

    def attach(self, engine: Engine) -> None:
        """
        Args:
            engine: a trainer.
        """
        engine.add_event_handler(Events.STARTED, self._start)
        engine.add_event_handler(Events.EPOCH_STARTED, lambda: self._write(engine, engine.state.epoch - 1))
        engine.add_event_handler(Events.EPOCH_COMPLETED, lambda: self._write(engine, engine.state.epoch))

    def _start(self) -> None:
        self._started = time.time()

    @rank_zero_only
    def _write(self, engine: Engine, complete: int) -> None:
        validation = self.evaluator.state
        done = complete == engine.state.max_epochs
        seconds = getattr(engine.state, "seconds_before", 0.0) + time.time() - self._started
        best = float(validation.best_metric) if validation.best_metric_epoch > 0 else 0.0
        content: dict[str, Any] = {
            "total_epochs": engine.state.max_epochs,
            "epoch": complete,
            "start_ts": int(self._started),
            "total_time" if done else "current_time": str(timedelta(seconds=int(seconds))),
            "best_metric": best,
            "train": {"metrics": _numbers(engine.state.metrics)},
            "eval": {
                "metrics": _numbers(validation.metrics),
                "key_metric_name": validation.key_metric_name,
                "best_metric": best,
                "best_metric_epoch": validation.best_metric_epoch,
            },
        }
        write_json(self.path, content)


def _numbers(metrics: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in metrics.items()}
