# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Every loss term, watched: averaged over the epoch for the logs, and stopped at when it is not what it should be."""

from __future__ import annotations

import math
from collections.abc import Sequence

import ignite.distributed as idist
import torch
from ignite.engine import Engine, Events
from monai.utils import CommonKeys


class LossTermError(RuntimeError):
    """A loss term is missing, not finite, or zero through a whole epoch."""


class LossMonitor:
    """Average each loss term over an epoch into ``engine.state.metrics``, where progress output and TensorBoard look.

    The terms are ``engine.state.loss_terms`` (name to number) where the trainer keeps them, as
    `DistillationTrainer` does, else the one ``loss`` of its output. With several processes their mean is taken.

    Args:
        expected: names of terms that must appear at least once in every epoch.

    Raises:
        LossTermError: while training, if a term is not finite in any iteration, or if in a whole epoch an expected
            term never appears or a term is exactly zero throughout. A run that would teach nothing ends here.
    """

    def __init__(self, expected: Sequence[str] = ("loss",)) -> None:
        self.expected = tuple(expected)
        self._terms: dict[str, list[float]] = {}

    def attach(self, engine: Engine) -> None:
        """
        Args:
            engine: a trainer.
        """
        engine.add_event_handler(Events.EPOCH_STARTED, self._start)
        engine.add_event_handler(Events.ITERATION_COMPLETED, self._collect)
        engine.add_event_handler(Events.EPOCH_COMPLETED, self._finish)

    def _start(self) -> None:
        self._terms = {}

    def _collect(self, engine: Engine) -> None:
        terms = getattr(engine.state, "loss_terms", None)
        if terms is None:
            output = engine.state.output
            output = output[0] if isinstance(output, list) else output
            terms = {CommonKeys.LOSS: output[CommonKeys.LOSS]}
        for name, term in terms.items():
            value = float(torch.as_tensor(term).detach())
            if not math.isfinite(value):
                raise LossTermError(
                    f"the loss term '{name}' is {value} in iteration {engine.state.iteration} "
                    f"(epoch {engine.state.epoch}); training stops. A lower learning rate or --amp false may help."
                )
            self._terms.setdefault(name, []).append(value)

    def _finish(self, engine: Engine) -> None:
        for name in self.expected:
            if name not in self._terms:
                raise LossTermError(
                    f"the loss term '{name}' did not appear in epoch {engine.state.epoch}: no image of this epoch "
                    "reached it. Look at the classes in the training data and at the names of the teachers."
                )
        for name, values in self._terms.items():
            total, size = idist.all_reduce(sum(values)), idist.all_reduce(sum(map(abs, values)))
            if not size:
                raise LossTermError(
                    f"the loss term '{name}' was exactly zero through epoch {engine.state.epoch}: it teaches nothing."
                )
            engine.state.metrics[name] = total / (idist.get_world_size() * len(values))
