# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Seed the random number generators in every epoch, so that resumed trainings are reproducible."""

from __future__ import annotations

import ignite.distributed as idist
from ignite.engine import Engine, Events
from monai.data import DataLoader
from monai.data.utils import set_rnd
from monai.utils import set_determinism


class EpochSeed:
    """Seed all random number generators at the start of every epoch, so that a resumed run equals an uninterrupted one.

    Each process of a multi-GPU training gets another seed; the first process gets that of a single-process training.

    Args:
        seed: seed of the run; the first process uses seed·100003 + e in epoch e.
        data_loader: data loader of the training, whose random transforms are seeded, too. Its worker processes take
            their seeds from torch's generator, which is also seeded.

    Example:
        >>> import torch
        >>> from ignite.engine import Engine
        >>> from monai.data import DataLoader
        >>> from scripts.handlers import EpochSeed
        >>> drawn = []
        >>> trainer = Engine(lambda engine, batch: drawn.append(torch.rand(1).item()))
        >>> EpochSeed(seed=0, data_loader=DataLoader([0])).attach(trainer)
        >>> for _ in range(2):
        ...     state = trainer.run([0], max_epochs=2)
        >>> drawn[:2] == drawn[2:]
        True
    """

    def __init__(self, seed: int, data_loader: DataLoader) -> None:
        self.seed = seed
        self.data_loader = data_loader

    def attach(self, engine: Engine) -> None:
        """
        Args:
            engine: a trainer.
        """
        engine.add_event_handler(Events.EPOCH_STARTED, self)

    def __call__(self, engine: Engine) -> None:
        """Seed Python, NumPy, PyTorch and the random transforms for the current epoch."""
        seed = (self.seed * 100003 + engine.state.epoch + idist.get_rank() * 15485863) % 2**32
        set_determinism(seed, use_deterministic_algorithms=None)
        set_rnd(self.data_loader.dataset, seed)
