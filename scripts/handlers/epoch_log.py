# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Log training, validation and test, one line per epoch."""

from __future__ import annotations

import logging
import math
import re
import time
from typing import Any

from ignite.engine import Engine, Events
from monai.utils import is_scalar
from torch.optim.optimizer import Optimizer

logger = logging.getLogger(__name__)

TRAINING_EPOCH = re.compile(r": training epoch (\d+)/\d+, ")  # finds the training epochs in a log


class EpochLog:
    """Log the metrics of each epoch in one line, with the names of the network and the step::

        benign teacher: training epoch 3/20, loss 1.1670, learning rate 0.001, 2 min left
        benign teacher: validation epoch 3/20, lesion_dice 0.5125 (the best so far), lesion_iou 0.3894
        benign teacher: test, lesion_dice 0.4973, lesion_iou 0.3710

    MONAI's `StatsHandler` logs neither learning rate nor remaining time, and logs a second stack trace of every error.
    The remaining time is estimated from the epochs since the training started or was resumed.

    Args:
        network_name: name of the network in the log.
        step: ``"training"``, ``"validation"`` or ``"test"``.
        max_epochs: number of epochs of the training, also for its validation; None for a test.
        optimizer: optimizer of a trainer, to log the learning rate and the remaining time; None for evaluators.

    Example:
        >>> from ignite.engine import Engine
        >>> from scripts.handlers import EpochLog
        >>> trainer = Engine(lambda engine, batch: None)
        >>> EpochLog("student", "training", max_epochs=1).attach(trainer)
        >>> state = trainer.run([0])  # logs "student: training epoch 1/1"
    """

    def __init__(
        self, network_name: str, step: str, max_epochs: int | None = None, optimizer: Optimizer | None = None
    ) -> None:
        self.title = f"{network_name}: {step}"
        self.max_epochs = max_epochs
        self.optimizer = optimizer
        self._first_epoch, self._started = 0, math.nan

    def attach(self, engine: Engine) -> None:
        """
        Args:
            engine: a trainer or an evaluator.
        """
        engine.add_event_handler(Events.EPOCH_STARTED, self._start)
        engine.add_event_handler(Events.EPOCH_COMPLETED, self._log)

    def _start(self, engine: Engine) -> None:
        if math.isnan(self._started):
            self._first_epoch, self._started = engine.state.epoch, time.monotonic()

    def _log(self, engine: Engine) -> None:
        epoch = "" if self.max_epochs is None else f" epoch {engine.state.epoch}/{self.max_epochs}"
        metrics = [
            f"{name} {float(value):.4f}{self._best(engine, name)}"
            for name, value in engine.state.metrics.items()
            if is_scalar(value)
        ]
        logger.info(", ".join([f"{self.title}{epoch}", *metrics, *self._progress(engine.state.epoch)]))

    def _best(self, engine: Engine, name: str) -> str:
        """Return the text that compares the key metric of a validation with that of the best epoch."""
        state: Any = engine.state
        if self.max_epochs is None or name != getattr(state, "key_metric_name", None):
            return ""
        if state.best_metric_epoch == state.epoch:
            return " (the best so far)"
        return f" (best: {float(state.best_metric):.4f} in epoch {state.best_metric_epoch})"

    def _progress(self, epoch: int) -> list[str]:
        """Return the texts of a training's learning rate and, except in the last epoch, remaining time."""
        if self.optimizer is None or self.max_epochs is None:
            return []
        rate = f"learning rate {self.optimizer.param_groups[0]['lr']:.3g}"
        seconds = (time.monotonic() - self._started) / (epoch - self._first_epoch + 1) * (self.max_epochs - epoch)
        return [rate, f"{duration(seconds)} left"] if seconds else [rate]


def duration(seconds: float) -> str:
    """Return a time as text, rounded up: seconds below 2 minutes, minutes below 2 hours, else hours and minutes."""
    if math.ceil(seconds) < 120:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
