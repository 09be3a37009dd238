# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import torch

from scripts.inferers.outputs import full_resolution

INPUT = torch.zeros(2, 1, 8, 8)


def test_one_output_stays_as_it_is():
    output = torch.rand(2, 2, 8, 8)
    assert full_resolution(output, INPUT) is output


def test_of_several_of_full_size_the_last():
    outputs = [torch.rand(2, 2, 8, 8) for _ in range(3)]
    assert full_resolution(outputs, INPUT) is outputs[2]


def test_of_several_sizes_the_full_one():
    outputs = (torch.rand(2, 2, 8, 8), torch.rand(2, 2, 4, 4))
    assert full_resolution(outputs, INPUT) is outputs[0]


def test_of_a_stack_the_first():
    stack = torch.rand(2, 3, 2, 8, 8)
    assert torch.equal(full_resolution(stack, INPUT), stack[:, 0])


def test_volumes_are_no_stack():
    volume = torch.rand(2, 2, 4, 8, 8)
    assert full_resolution(volume, torch.zeros(2, 1, 4, 8, 8)) is volume
