# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.bundle.options import check_options
from scripts.errors import InputError


@pytest.mark.parametrize("value", [0, -1, 2.5, "big", True, None])
def test_what_must_be_a_count(value):
    with pytest.raises(InputError, match=f"--image_size {value}: must be a whole number of at least 1"):
        check_options({"image_size": value})


def test_an_interval_that_never_comes():
    with pytest.raises(InputError, match="--val_interval 5: must be at most the 3 epochs"):
        check_options({"epochs": 3, "val_interval": 5})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fold": "x"}, "--fold x: must be a whole number of at least 0"),
        ({"seed": -1}, "--seed -1: must be a whole number of at least 0"),
        ({"learning_rate": "fast"}, "--learning_rate fast: must be a number above 0"),
        ({"teacher_learning_rate": 0}, "--teacher_learning_rate 0: must be a number above 0"),
        ({"weight_decay": float("nan")}, "--weight_decay nan: must be a number of at least 0"),
        ({"temperature": 0}, "--temperature 0: must be a number above 0"),
        ({"teacher_weights": {"benign": float("inf")}}, "--teacher_weights .*inf.*: must be numbers of at least 0"),
        ({"resume": 1}, "--resume 1: must be true or false"),
        ({"overwrite": "false"}, "overwrite: 'false' is text in the config; write it without quotes"),
    ],
)
def test_what_must_be_something_else(options, message):
    with pytest.raises(InputError, match=message):
        check_options(options)


def test_a_device_that_is_not_there():
    with pytest.raises(InputError, match="--device abacus: "):
        check_options({}, device="abacus")


def test_values_of_the_right_type():
    check_options({"image_size": 64, "fold": 0, "learning_rate": 1, "cache_rate": 0.5, "resume": False, "ckpt": "a.pt"})
    check_options({"teacher_image_size": None, "teacher_weights": {"benign": 0.5}, "classes": ["benign"]})
