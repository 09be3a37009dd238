# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Depthwise convolutions under bfloat16 autocast on a CPU."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scripts.networks import EfficientUNet
from scripts.networks.depthwise import DepthwiseConv2d


@pytest.fixture
def conv():
    return nn.Conv2d(6, 6, 5, stride=2, groups=6, bias=False)


def test_its_gradients_are_those_of_float32(conv):
    own, image = DepthwiseConv2d.like(conv), torch.rand(2, 6, 12, 12)
    conv(image).square().sum().backward()
    expected, conv.weight.grad = conv.weight.grad.clone(), None
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = own(image)
    assert output.dtype == torch.float32
    output.square().sum().backward()
    assert torch.equal(own.weight.grad, expected)


def test_without_gradients_it_is_as_quick_as_any(conv):
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.no_grad():
        assert DepthwiseConv2d.like(conv)(torch.rand(1, 6, 12, 12)).dtype == torch.bfloat16


def test_taking_a_convolutions_place_draws_no_random_numbers(conv):
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    own = DepthwiseConv2d.like(conv)
    assert torch.equal(torch.rand(1), expected)
    assert own.weight is conv.weight


def test_the_students_encoder_has_no_other():
    depthwise = [part for part in EfficientUNet().modules() if isinstance(part, nn.Conv2d) and part.groups > 1]
    assert len(depthwise) == 13
    assert {type(part) for part in depthwise} == {DepthwiseConv2d}
