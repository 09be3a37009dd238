# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Average every loss term over an epoch; stop the training if a term is missing, zero or not finite, or diverges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from ignite.engine import Engine, Events
from monai.utils import CommonKeys

from ..distributed import gather
from ..errors import InputError

DIVERGED = 100  # times the loss of the untrained network


class LossTermError(InputError):
    """A loss term is not finite, is missing or zero in a whole epoch, or the loss has diverged."""


class LossMonitor:
    """Average each loss term over an epoch into ``engine.state.metrics``, for the log and TensorBoard.

    The terms are ``engine.state.loss_terms`` (values by name) if the trainer sets them, as `DistillationTrainer` does,
    else ``loss`` of its output. With several processes a term is averaged over the images of all processes, so it is
    the same in all of them. ``engine.state.term_images`` (numbers by name) is the number of images that a term was
    computed from, if not from all images of the batch. ``engine.state.first_loss`` is the loss of the first iteration,
    which `TrainingCheckpoint` restores.

    Args:
        expected: names of terms that must appear at least once in every epoch.

    Raises:
        LossTermError: during the training, if a term is not finite in an iteration, or if in a whole epoch an expected
            term never appears, a term is always exactly zero, or the loss is more than `DIVERGED` times that of the
            first iteration (or 1, if that is less).

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
        self._terms: dict[str, dict[int, tuple[float, int]]] = {}  # name: iteration: (value, number of images)

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
        state: Any = engine.state  # Ignite allows any attribute
        output = state.output
        terms = getattr(state, "loss_terms", None)
        images = len(output) if isinstance(output, list) else len(output[CommonKeys.IMAGE])
        if terms is None:
            terms = {CommonKeys.LOSS: (output[0] if isinstance(output, list) else output)[CommonKeys.LOSS]}
        images_of = getattr(engine.state, "term_images", {})
        for name, term in terms.items():
            value = float(torch.as_tensor(term).detach())
            if not math.isfinite(value):
                raise LossTermError(
                    f"the loss term '{name}' is {value} in iteration {engine.state.iteration} "
                    f"(epoch {engine.state.epoch}); try a lower --learning_rate or --amp false"
                )
            if name == CommonKeys.LOSS and engine.state.iteration == 1:
                state.first_loss = value
            self._terms.setdefault(name, {})[engine.state.iteration] = (value, images_of.get(name, images))

    def _finish(self, engine: Engine) -> None:
        epoch = _average_over_processes(gather(self._terms))
        for name in self.expected:
            if name not in epoch:
                raise LossTermError(
                    f"the loss term '{name}' did not appear in epoch {engine.state.epoch}: it was computed for no "
                    "image; check the classes of the training images and the names of the teachers"
                )
        for name in dict.fromkeys([*self.expected, *epoch]):  # expected terms first
            values = epoch[name]
            if not any(values):
                raise LossTermError(
                    f"the loss term '{name}' was exactly zero through epoch {engine.state.epoch}: it has no gradient; "
                    "check the labels, --temperature, and the weights of teacher and student"
                )
            engine.state.metrics[name] = mean = sum(values) / len(values)
            if name == CommonKeys.LOSS and mean > DIVERGED * max(1.0, getattr(engine.state, "first_loss", 0.0)):
                raise LossTermError(
                    f"the training diverges: the loss is {mean:.3g} in epoch {engine.state.epoch}; the weights of the "
                    "best epoch so far are kept; try a lower --learning_rate"
                )


def _average_over_processes(shares: Sequence[dict[str, dict[int, tuple[float, int]]]]) -> dict[str, list[float]]:
    """Return, by term, its mean over the images of all processes in each iteration in which it appeared."""
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
