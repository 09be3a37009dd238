# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The training images of each process."""

from __future__ import annotations

from collections.abc import Iterator, Sized

import ignite.distributed as idist
import torch
from torch.utils.data import RandomSampler, Sampler

from ..errors import InputError


class BatchShare(Sampler[list[int]]):
    """This process's share of every batch, drawn so that all processes together see the batches of a single one.

    Every image comes once an epoch. A batch is dealt out image by image, so that the shares differ by one image at
    most; a last batch with fewer images than processes is added to the one before it, since a step takes all
    processes. The order is drawn by the first process, from torch's generator, as a `DataLoader` with ``shuffle``
    does.

    Args:
        dataset: the images.
        batch_size: of the whole batch, over all processes.

    Raises:
        InputError: a batch, or the data set, has fewer images than there are processes.

    Example:
        >>> from monai.data import DataLoader
        >>> from scripts.distributed import BatchShare
        >>> images = list(range(10))
        >>> [len(batch) for batch in DataLoader(images, batch_sampler=BatchShare(images, batch_size=4))]
        [4, 4, 2]
    """

    def __init__(self, dataset: Sized, batch_size: int) -> None:
        self.sampler = RandomSampler(dataset)
        self.batch_size = batch_size
        self.processes = idist.get_world_size()
        if batch_size < self.processes:
            raise InputError(
                f"--batch_size {batch_size}: the batch is shared by {self.processes} processes, so it needs as many "
                "images; raise it, or start fewer processes"
            )
        if len(dataset) < self.processes:
            raise InputError(f"{len(dataset)} training images for {self.processes} processes; start fewer processes")

    def __len__(self) -> int:
        """Return the number of batches, the same in all processes."""
        batches, left = divmod(len(self.sampler), self.batch_size)
        return batches + (left >= self.processes)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield this process's indices of each batch of the next epoch."""
        order: list[int] = torch.as_tensor(idist.broadcast(torch.tensor(list(self.sampler)))).tolist()
        for number in range(len(self)):
            first = number * self.batch_size
            end = first + self.batch_size if number + 1 < len(self) else len(order)
            yield order[first:end][idist.get_rank() :: self.processes]
