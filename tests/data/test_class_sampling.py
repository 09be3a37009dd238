# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch

from scripts.data.class_sampling import class_sampler
from scripts.errors import InputError

ITEMS = [{"class": "benign"}] * 300 + [{"class": "malignant"}] * 100


@pytest.mark.parametrize(("factor", "expected"), [(1, 0.25), (3, 0.5), (0.1, 0.0323)])
def test_a_class_is_drawn_as_often_as_asked(factor, expected):
    torch.manual_seed(0)
    drawn = [i for _ in range(25) for i in class_sampler(ITEMS, {"malignant": factor})]
    assert len(drawn) == 25 * len(ITEMS)
    assert sum(i >= 300 for i in drawn) / len(drawn) == pytest.approx(expected, abs=0.02)


def test_an_epoch_depends_on_torchs_seed_alone():
    sampler = class_sampler(ITEMS, {"malignant": 3})
    torch.manual_seed(1)
    first, second = list(sampler), list(sampler)
    torch.manual_seed(1)
    assert list(sampler) == first != second


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({"malignant": 0}, "'malignant' cannot be drawn 0 times as often: must be a number above 0"),
        ({"malignant": "3"}, "a number above 0"),
        ({"malignant": float("nan")}, "a number above 0"),
        (
            {"normal": 2},
            "'normal' cannot be drawn 2 times as often: there are none to train on, only benign, malignant",
        ),
    ],
)
def test_factors_that_make_no_sense(factors, message):
    with pytest.raises(InputError, match=message):
        class_sampler(ITEMS, factors)
