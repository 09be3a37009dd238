# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch
from monai.inferers import SimpleInferer

from scripts.errors import InputError
from scripts.inferers import ResizedInferer
from tests.inferers.recorder import Recorder


def test_resized_network_sees_its_size_and_answers_at_the_images():
    network = Recorder()
    output = ResizedInferer(16, SimpleInferer())(torch.rand(2, 1, 40, 28), network)
    assert network.seen.shape == (2, 1, 16, 16)
    assert output.shape == (2, 2, 40, 28)


@pytest.mark.parametrize("size", [None, 16, (16, 16)])
def test_resizing_to_the_same_size_changes_nothing(size):
    network, images = Recorder(), torch.rand(1, 1, 16, 16)
    torch.testing.assert_close(ResizedInferer(size, SimpleInferer())(images, network), network(images))


def test_resizing_keeps_what_does_not_vary():
    constant = torch.full((1, 1, 30, 20), 0.25)
    output = ResizedInferer(8, SimpleInferer())(constant, lambda x: x)
    torch.testing.assert_close(output, constant)


def test_a_size_that_is_not_positive():
    with pytest.raises(InputError, match="size '0'"):
        ResizedInferer(0)
