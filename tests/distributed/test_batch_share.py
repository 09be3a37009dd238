# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import ignite.distributed as idist
import pytest
import torch
from torch.utils.data import BatchSampler, RandomSampler

from scripts.distributed import BatchShare
from scripts.errors import InputError


def shares(monkeypatch, size, batch_size, processes):
    """The batches of every process."""
    monkeypatch.setattr(idist, "get_world_size", lambda: processes)
    all_shares = []
    for rank in range(processes):
        monkeypatch.setattr(idist, "get_rank", lambda rank=rank: rank)
        torch.manual_seed(1)  # in place of the first process's message
        sampler = BatchShare(RandomSampler(range(size)), batch_size)
        all_shares.append(list(sampler))
        assert len(all_shares[-1]) == len(sampler)
    return all_shares


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("size", [3, 8, 9, 10, 17, 24, 25])
def test_every_image_once_and_every_process_in_every_step(size, processes, monkeypatch):
    all_shares = shares(monkeypatch, size, 8, processes)
    assert sorted(index for batches in all_shares for batch in batches for index in batch) == list(range(size))
    assert len({len(batches) for batches in all_shares}) == 1
    for parts in zip(*all_shares):
        counts = [len(part) for part in parts]
        assert min(counts) >= 1
        assert max(counts) - min(counts) <= 1
        assert sum(counts) <= 8 + processes - 1


def test_together_they_are_the_batches_of_one_process(monkeypatch):
    torch.manual_seed(1)
    alone = list(BatchSampler(RandomSampler(range(22)), 8, drop_last=False))
    assert shares(monkeypatch, 22, 8, 1) == [alone]
    assert [sorted(first + second) for first, second in zip(*shares(monkeypatch, 22, 8, 2))] == list(map(sorted, alone))


@pytest.mark.parametrize(
    ("size", "batch_size", "message"),
    [(20, 1, "--batch_size 1: must be at least the number of processes, 2"), (1, 8, "1 training images")],
)
def test_too_little_for_all_processes(size, batch_size, message, monkeypatch):
    with pytest.raises(InputError, match=message):
        shares(monkeypatch, size, batch_size, 2)
