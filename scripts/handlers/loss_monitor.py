# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Every loss term, watched: averaged over the epoch for the logs, and stopped at when it is not what it should be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from ignite.engine import Engine, Events
from monai.utils import CommonKeys

from ..distributed import gather


class LossTermError(RuntimeError):
    """A loss term is missing, not finite, or zero through a whole epoch."""


class LossMonitor:
    """Average each loss term over an epoch into ``engine.state.metrics``, where progress output and TensorBoard look.

    The terms are ``engine.state.loss_terms`` (name to number) where the trainer keeps them, as
    `DistillationTrainer` does, else the one ``loss`` of its output. In several processes a term is first averaged over
    the images of the whole batch; it is then the same in all of them. ``engine.state.term_images`` (name to number)
    says how many images of a process's batch a term is of, where that is not all.

    Args:
        expected: names of terms that must appear at least once in every epoch.

    Raises:
        LossTermError: while training, if a term is not finite in any iteration, or if in a whole epoch an expected
            term never appears or a term is exactly zero throughout. A run that would teach nothing ends here.

    Example:
        >>> from ignite.engine import Engine
        >>> from scripts.handlers import LossMonitor
        >>> trainer = Engine(lambda engine, batch: {"image": batch, "loss": sum(batch)})
        >>> LossMonitor().attach(trainer)
        >>> trainer.run([[1.0], [2.0]]).metrics
        {'loss': 1.5}
    """

    def __init__(self, expected: Sequence[str] = ("loss",)) -> None:
        self.expected = tuple(expected)
        self._terms: dict[str, dict[int, tuple[float, int]]] = {}  # in each iteration, with the number of images

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
        output: Any = engine.state.output
        terms = getattr(engine.state, "loss_terms", None)
        images = len(output) if isinstance(output, list) else len(output[CommonKeys.IMAGE])
        if terms is None:
            terms = {CommonKeys.LOSS: (output[0] if isinstance(output, list) else output)[CommonKeys.LOSS]}
        images_of = getattr(engine.state, "term_images", {})
        for name, term in terms.items():
            value = float(torch.as_tensor(term).detach())
            if not math.isfinite(value):
                raise LossTermError(
                    f"the loss term '{name}' is {value} in iteration {engine.state.iteration} "
                    f"(epoch {engine.state.epoch}); training stops. A lower learning rate or --amp false may help."
                )
            self._terms.setdefault(name, {})[engine.state.iteration] = (value, images_of.get(name, images))

    def _finish(self, engine: Engine) -> None:
        epoch = _average_over_processes(gather(self._terms))
        for name in self.expected:
            if name not in epoch:
                raise LossTermError(
                    f"the loss term '{name}' did not appear in epoch {engine.state.epoch}: no image of this epoch "
                    "reached it. Look at the classes in the training data and at the names of the teachers."
                )
        for name in dict.fromkeys([*self.expected, *epoch]):  # in the order in which they are expected
            values = epoch[name]
            if not any(values):
                raise LossTermError(
                    f"the loss term '{name}' was exactly zero through epoch {engine.state.epoch}: it teaches nothing."
                )
            engine.state.metrics[name] = sum(values) / len(values)


def _average_over_processes(shares: Sequence[dict[str, dict[int, tuple[float, int]]]]) -> dict[str, list[float]]:
    """Return each term's means over the images of every iteration it appeared in, in any process."""
    iterations: dict[str, dict[int, list[tuple[float, int]]]] = {}
    for share in shares:
        for name, values in share.items():
            for iteration, value in values.items():
                iterations.setdefault(name, {}).setdefault(iteration, []).append(value)
    return {
        name: [
            sum(value * (images / sum(images for _, images in parts)) for value, images in parts)
            for parts in values.values()
        ]
        for name, values in iterations.items()
    }
