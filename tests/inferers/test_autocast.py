# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch
from monai.data import MetaTensor

from scripts.errors import InputError
from scripts.inferers import AutocastInferer
from scripts.inferers.autocast import has_bfloat16
from tests.inferers.recorder import Recorder


def test_float32_when_not_asked_for_less():
    network = Recorder()
    output = AutocastInferer(amp=False)(torch.rand(1, 1, 8, 8), network)
    assert network.computed == output.dtype == torch.float32


def test_bfloat16_where_the_device_has_it_and_float32_out():
    network = Recorder()
    output = AutocastInferer()(torch.rand(1, 1, 8, 8), network)
    assert network.computed == (torch.bfloat16 if has_bfloat16("cpu") else torch.float32)
    assert output.dtype == torch.float32


def test_networks_see_plain_tensors():
    network = Recorder()
    AutocastInferer()(MetaTensor(torch.rand(1, 1, 8, 8)), network)
    assert type(network.seen) is torch.Tensor


def test_an_output_that_is_not_finite_is_no_answer():
    damaged = torch.nn.Conv2d(1, 2, 1)
    torch.nn.init.constant_(damaged.weight, torch.nan)
    with torch.no_grad(), pytest.raises(InputError, match="the network's output is not finite"):
        AutocastInferer()(torch.rand(1, 1, 8, 8), damaged)
    assert AutocastInferer()(torch.rand(1, 1, 8, 8), damaged).isnan().all()  # the loss monitor tells of it
