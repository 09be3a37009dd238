# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch

from scripts.bundle.device import usable_device
from scripts.errors import InputError


def test_a_device_that_is_there():
    assert usable_device("cpu") == usable_device(torch.device("cpu")) == torch.device("cpu")


@pytest.mark.parametrize("device", ["abacus", "cuda:77", "cpu:x"])
def test_one_that_is_not(device):
    with pytest.raises(InputError, match=f"--device {device}: cannot be used: .") as raised:
        usable_device(device)
    assert "\n" not in str(raised.value)
