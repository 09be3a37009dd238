# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sys

import pytest
import torch

from scripts.distributed import data_parallel, join_processes, own_device
from scripts.errors import InputError
from scripts.runs.folder import open_run


@pytest.fixture
def torchrun(monkeypatch):
    """What `torchrun --nproc_per_node=2` tells its second process."""
    for name, value in {
        "TORCHELASTIC_RUN_ID": "1",
        "WORLD_SIZE": "2",
        "LOCAL_WORLD_SIZE": "2",
        "LOCAL_RANK": "1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def gpus(monkeypatch, request):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: request.param)


def test_processes_that_do_not_know_of_each_other_do_not_share_a_folder(torchrun, tmp_path):
    with pytest.raises(InputError, match="torchrun has started 2 processes, but the config is for a single process"):
        open_run(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_torchrun_there_is_one_process(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    join_processes("cpu")
    network = torch.nn.Linear(2, 1)
    assert data_parallel(network) is network


@pytest.mark.parametrize("gpus", [2], indirect=True)
def test_each_process_has_its_gpu(torchrun, gpus):
    assert own_device() == torch.device("cuda:1")


@pytest.mark.parametrize("gpus", [1], indirect=True)
def test_too_few_gpus(torchrun, gpus):
    with pytest.raises(InputError, match="--nproc_per_node 2: must be at most the number of GPUs"):
        own_device()
