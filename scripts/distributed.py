# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One training or evaluation by several processes, started by ``torchrun``; see ``configs/multi_gpu_*.json``.

Ignite's `ignite.distributed` is used for whatever has to agree, since all of it also works in a process alone.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator, Sized

import ignite.distributed as idist
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import Sampler

from scripts.errors import InputError


def join_processes(device: str | torch.device) -> None:
    """Join the processes that ``torchrun`` has started, once; they part when this one ends.

    Args:
        device: of this process: NCCL is spoken between GPUs, Gloo between CPUs.

    Raises:
        InputError: the process was not started by ``torchrun``.
    """
    if dist.is_initialized():  # by the distillation that trains its teachers first
        return
    if "LOCAL_RANK" not in os.environ:
        raise InputError(
            "a multi_gpu config is for several processes: start it by "
            "torchrun --standalone --nproc_per_node=2 -m monai.bundle run …"
        )
    device = torch.device(device)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    atexit.register(dist.destroy_process_group)


def replicate(network: nn.Module, device: str | torch.device) -> nn.Module:
    """Return `network` for a trainer whose processes each see a part of every batch.

    Its weights are those of `network` itself, which goes on serving for validation and checkpoints. Batch
    normalisation takes its statistics from the whole batch on GPUs; on CPUs, for which PyTorch has no such layer, from
    the process's own part.

    Args:
        network: already on `device`.
        device: of this process.
    """
    if torch.device(device).type == "cuda":
        network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
        return DistributedDataParallel(network, device_ids=[torch.device(device).index])
    return DistributedDataParallel(network)


def average_gradients(network: nn.Module) -> None:
    """Replace the gradients of `network` by their mean over all processes; where one has none, it counts as zero.

    For networks in whose training a process may have no part, such as a teacher without an image of its class, when
    `DistributedDataParallel` would wait for ever.
    """
    if idist.get_world_size() == 1:
        return
    for parameter in network.parameters():
        if parameter.requires_grad:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            dist.all_reduce(parameter.grad)
            parameter.grad /= idist.get_world_size()


def share_of_batch(images: int) -> float | None:
    """Return how much this process's mean over `images` counts in the mean over all processes' images.

    1 where all have the same number, or there is but one process; None where no process has any. Terms scaled by it
    have the whole batch's mean as their mean over the processes. All processes must call it.
    """
    everyones = idist.all_reduce(images)
    return idist.get_world_size() * images / everyones if everyones else None


class MeanOverProcesses(nn.Module):
    """A loss scaled such that its mean over all processes, and that of its gradients, is the mean over the batch.

    Args:
        loss: of logits and annotation, a mean over images.
    """

    def __init__(self, loss: nn.Module) -> None:
        super().__init__()
        self.loss = loss

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the scaled loss of this process's images, a scalar."""
        return self.loss(input, target) * share_of_batch(len(input))


class SharedBatches(Sampler[list[int]]):
    """This process's part of every batch: each image once an epoch, no process ever without one.

    PyTorch's and MONAI's samplers show some images twice, or leave a process without a last batch, for which the
    others would wait. Here a last batch of fewer images than processes joins the one before.

    Args:
        dataset: what is drawn from.
        batch_size: images of a batch, over all processes.
        seed: of the order, which differs from epoch to epoch (`set_epoch`).

    Raises:
        InputError: fewer images in the data set, or in a batch, than there are processes.
    """

    def __init__(self, dataset: Sized, batch_size: int, seed: int = 0) -> None:
        self.size, self.batch_size, self.seed, self.epoch = len(dataset), batch_size, seed, 0
        self.rank, self.processes = idist.get_rank(), idist.get_world_size()
        if batch_size < self.processes:
            raise InputError(
                f"--batch_size {batch_size}: a batch is shared by {self.processes} processes, which need an image each"
            )
        if self.size < self.processes:
            raise InputError(f"{self.size} images cannot be shared by {self.processes} processes; start fewer")

    def set_epoch(self, epoch: int) -> None:
        """Draw the order of this epoch from now on."""
        self.epoch = epoch

    def _starts(self) -> list[int]:
        starts = list(range(0, self.size, self.batch_size))
        return starts[:-1] if self.size - starts[-1] < self.processes else starts

    def __iter__(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(self.seed * 100003 + self.epoch)
        order = torch.randperm(self.size, generator=generator).tolist()
        starts = self._starts()
        for start, end in zip(starts, [*starts[1:], self.size]):
            yield order[start:end][self.rank :: self.processes]

    def __len__(self) -> int:
        return len(self._starts())
