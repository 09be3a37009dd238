# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The same running statistics in every process when an epoch ends."""

from __future__ import annotations

import torch.distributed as dist
from ignite.engine import Engine, Events
from torch import nn


class SharedBuffers:
    """Give the network of every process the first one's buffers before validation and checkpoint.

    Weights are always the same, but batch normalisation that sees only a process's own images has statistics of its
    own; all processes shall validate the network that is saved.

    Args:
        network: the trained one.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def attach(self, engine: Engine) -> None:
        """
        Args:
            engine: a trainer.
        """
        engine.add_event_handler(Events.ITERATION_COMPLETED, self)

    def __call__(self, engine: Engine) -> None:
        """Send the buffers in the last iteration of an epoch: handlers of its end come after."""
        if engine.state.iteration % engine.state.epoch_length == 0:
            for buffer in self.network.buffers():
                dist.broadcast(buffer, src=0)
