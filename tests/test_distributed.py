# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import ignite.distributed as idist
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from monai.data import DataLoader, Dataset
from torch import nn

from scripts.distributed import SharedBatches, average_gradients, join_processes, replicate, share_of_batch
from scripts.engines import DistillationTrainer
from scripts.errors import InputError
from scripts.losses import JointDistillationLoss


def parts(monkeypatch, size, batch_size, processes, epoch=0):
    """The batches of every process."""
    monkeypatch.setattr(idist, "get_world_size", lambda: processes)
    every = []
    for rank in range(processes):
        monkeypatch.setattr(idist, "get_rank", lambda rank=rank: rank)
        sampler = SharedBatches(range(size), batch_size)
        sampler.set_epoch(epoch)
        every.append(list(sampler))
        assert len(every[-1]) == len(sampler)
    return every


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("size", [3, 8, 9, 10, 17, 24, 25])
def test_every_image_is_seen_once_and_no_process_waits(size, processes, monkeypatch):
    every = parts(monkeypatch, size, 8, processes)
    assert sorted(index for batches in every for batch in batches for index in batch) == list(range(size))
    assert len({len(batches) for batches in every}) == 1
    for same in zip(*every):
        counts = [len(batch) for batch in same]
        assert min(counts) >= 1
        assert max(counts) - min(counts) <= 1
        assert sum(counts) <= 8 + processes - 1


def test_the_order_is_that_of_the_epoch_for_all(monkeypatch):
    whole = parts(monkeypatch, 20, 8, 1, epoch=3)[0]
    shared = parts(monkeypatch, 20, 8, 2, epoch=3)
    assert [sorted(a + b) for a, b in zip(*shared)] == [sorted(batch) for batch in whole]
    assert parts(monkeypatch, 20, 8, 1, epoch=4)[0] != whole


@pytest.mark.parametrize("size, batch_size", [(20, 1), (1, 8)])
def test_too_little_for_all_processes(size, batch_size, monkeypatch):
    with pytest.raises(InputError, match="2 processes"):
        parts(monkeypatch, size, batch_size, 2)


def test_a_process_alone_is_the_whole_batch():
    assert share_of_batch(3) == 1.0
    assert share_of_batch(0) is None
    network = nn.Linear(2, 1)
    average_gradients(network)
    assert network.weight.grad is None


def test_without_torchrun_there_is_nobody_to_join(monkeypatch):
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    with pytest.raises(InputError, match="torchrun"):
        join_processes("cpu")


# ---- A distillation by two processes is that by one

CLASSES = ["benign", "malignant", "benign", "benign", "benign", "benign", "malignant"]


def net(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 1))


def distil(rank, processes, mode, folder):
    """Two epochs of seven images in batches of four, of which a process often has no malignant one."""
    if processes > 1:
        dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=processes)
    generator = torch.Generator().manual_seed(0)
    items = [
        {
            "image": torch.rand(1, 8, 8, generator=generator),
            "label": (torch.rand(1, 8, 8, generator=generator) > 0.7).float(),
            "class": name,
        }
        for name in CLASSES
    ]
    data = Dataset(items)
    sampler = SharedBatches(data, 4, seed=1)
    student, teachers = net(0), {"benign": net(1), "malignant": net(2)}
    finetune = mode == "finetune"
    trainer = DistillationTrainer(
        device=torch.device("cpu"),
        max_epochs=2,
        train_data_loader=DataLoader(data, batch_sampler=sampler),
        network=replicate(student, "cpu") if processes > 1 else student,
        optimizer=torch.optim.SGD(student.parameters(), lr=0.1),
        loss_function=JointDistillationLoss({"benign": 0.5, "malignant": 0.2}),
        teachers=teachers,
        teacher_mode=mode,
        teacher_optimizers=(
            {name: torch.optim.SGD(t.parameters(), lr=0.1) for name, t in teachers.items()} if finetune else None
        ),
        teacher_classes={"benign": ["benign"], "malignant": ["malignant"]},
        decollate=False,
    )
    trainer.run()
    result = {"student": student.state_dict(), **{name: t.state_dict() for name, t in teachers.items()}}
    torch.save({"weights": result, "metrics": dict(trainer.state.metrics)}, f"{folder}/{processes}_{rank}.pt")
    if processes > 1:
        dist.destroy_process_group()


@pytest.mark.parametrize("mode", ["finetune", "frozen"])
def test_two_processes_learn_what_one_does(mode, tmp_path):
    distil(0, 1, mode, tmp_path)
    mp.spawn(distil, args=(2, mode, tmp_path), nprocs=2)
    alone, first, second = (torch.load(tmp_path / f"{name}.pt") for name in ("1_0", "2_0", "2_1"))
    terms = {"loss", "hard", "soft_benign", "soft_malignant"}
    assert terms <= set(alone["metrics"])
    assert ("teacher_malignant" in alone["metrics"]) == (mode == "finetune")
    for other in (first, second):
        assert other["metrics"] == pytest.approx(alone["metrics"], rel=1e-5)
        for name, weights in alone["weights"].items():
            for key, value in weights.items():
                torch.testing.assert_close(other["weights"][name][key], value, rtol=1e-4, atol=1e-6)
    start = net(2).state_dict()
    moved = any(not torch.equal(start[key], value) for key, value in first["weights"]["malignant"].items())
    assert moved == (mode == "finetune")
