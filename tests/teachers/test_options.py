# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Options of a distillation that are refused before anything is trained."""

from __future__ import annotations

import math

import pytest

from scripts.errors import InputError
from scripts.teachers.options import check_plan, check_presence_heads

PLAN = {"files": {"benign": None, "malignant": None}, "mode": "frozen", "routing": "fixed", "teacher_classes": {}}


@pytest.mark.parametrize("weight", [math.nan, math.inf, -0.1, True, "0.3", None])
def test_weights_that_are_no_numbers(weight):
    with pytest.raises(InputError, match="--teacher_weights .*: must be numbers of at least 0"):
        check_plan({"benign": weight}, **PLAN, classes=["benign"])


def test_weights_that_are():
    check_plan({"benign": 0, "malignant": 0.7}, **PLAN, classes=["benign"])


def test_a_specialist_is_not_trained_with_a_presence_head():
    files = {"benign": None, "malignant": "malignant.pt", "mixed": None}
    message = "--teacher_presence_head true: the benign teacher .* cannot be trained with a presence head"
    with pytest.raises(InputError, match=message):
        check_presence_heads({"benign": 0.5, "malignant": 0.2}, files, presence_head=True)
    check_presence_heads({"benign": 0.5, "malignant": 0.2}, files, presence_head=False)
    check_presence_heads({"malignant": 0.2, "mixed": 0.5}, files, presence_head=True)
