# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Sampler that divides the images of each training batch among the processes."""

from __future__ import annotations

from collections.abc import Iterator

import ignite.distributed as idist
import torch
from torch.utils.data import RandomSampler, Sampler, WeightedRandomSampler

from ..errors import InputError


class BatchShare(Sampler[list[int]]):
    """Batch sampler that yields the share of this process in every batch.

    All processes together have the batches of a single process: the images that the sampler of the first process draws
    in an epoch. Shares differ by at most one image. A last batch with
    fewer images than processes is added to the batch before it, because every process needs an image in each step.

    Args:
        sampler: draws the images of an epoch, such as torch's `RandomSampler`.
        batch_size: size of the whole batch, over all processes.

    Raises:
        InputError: the batch or the data set has fewer images than there are processes.

    Example:
        >>> from torch.utils.data import RandomSampler
        >>> from scripts.distributed import BatchShare
        >>> [len(batch) for batch in BatchShare(RandomSampler(range(10)), batch_size=4)]
        [4, 4, 2]
    """

    def __init__(self, sampler: RandomSampler | WeightedRandomSampler, batch_size: int) -> None:
        self.sampler = sampler
        self.batch_size = batch_size
        self.processes = idist.get_world_size()
        if batch_size < self.processes:
            raise InputError(
                f"--batch_size {batch_size}: must be at least the number of processes, {self.processes}; raise it, or "
                "start fewer processes"
            )
        if len(sampler) < self.processes:
            raise InputError(f"{len(sampler)} training images for {self.processes} processes; start fewer processes")

    def __len__(self) -> int:
        """Return the number of batches, the same in all processes."""
        batches, left = divmod(len(self.sampler), self.batch_size)
        return batches + (left >= self.processes)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the image indices of this process for each batch of the next epoch."""
        order: list[int] = torch.as_tensor(idist.broadcast(torch.tensor(list(self.sampler)))).tolist()
        for number in range(len(self)):
            first = number * self.batch_size
            end = first + self.batch_size if number + 1 < len(self) else len(order)
            yield order[first:end][idist.get_rank() :: self.processes]
