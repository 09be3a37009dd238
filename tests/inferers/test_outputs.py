# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging

import pytest
import torch

from scripts.errors import InputError
from scripts.inferers.outputs import are_probabilities, full_resolution

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


def test_which_of_several_is_used_is_told_once(caplog):
    outputs = [torch.rand(2, 2, 8, 8) for _ in range(23)]
    with caplog.at_level(logging.INFO):
        full_resolution(outputs, INPUT)
        full_resolution(outputs, INPUT)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "returns 23 outputs, 23 of the image's size: the last is used, 22 ignored" in record.getMessage()


def test_what_stands_beside_the_logits_may_be_no_tensor():
    """MONAI's SegResNetVAE returns its logits with a loss in training, with None in evaluation."""
    logits = torch.rand(2, 2, 8, 8)
    assert full_resolution((logits, torch.tensor(0.5)), INPUT) is logits
    assert full_resolution((logits, None), INPUT) is logits


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ({"out": INPUT, "aux": INPUT}, "returns a dict of out, aux, not logits of the image's size 8×8: let it return"),
        ([], "returns an empty list, not logits"),
        (None, "returns a NoneType, not logits"),
        ([torch.rand(2, 2, 4, 4)], r"returns a list of \(2, 2, 4, 4\), not logits"),
        (
            (torch.rand(2, 2, 8, 8), torch.rand(2, 16, 8, 8)),
            r"a tuple of \(2, 2, 8, 8\), \(2, 16, 8, 8\), of which 2 have the image's size and different numbers of",
        ),
    ],
    ids=["dict", "empty", "none", "smaller", "features"],
)
def test_what_holds_no_logits_is_described(output, told):
    with pytest.raises(InputError, match=told):
        full_resolution(output, INPUT)


def test_probabilities_are_told_from_logits():
    logits = torch.randn(2, 2, 8, 8)
    assert are_probabilities(logits.softmax(1))
    assert not are_probabilities(logits)
    assert not are_probabilities(logits.sigmoid())
    assert not are_probabilities(torch.zeros(2, 2, 8, 8))
