# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bundle.options import check_options
from scripts.errors import InputError

CONFIGS = Path(__file__).parents[2] / "configs"


def argv(*words, config=f"{CONFIGS / 'train.json'}"):
    return ["/lib/monai/bundle/__main__.py", "run", "--config_file", config, *words]


def test_options_of_the_config_and_of_monai_are_taken():
    words = ("--epochs", "3", "--network_def#features", "[4, 8]", "--bundle_root", ".", "--image_size=64")
    check_options({"epochs": 3}, argv=argv(*words, "--logging_file", "x.conf", "--network_def::in_channels", "3"))


def test_options_of_an_overlay_are_taken():
    files = str([str(CONFIGS / "train.json"), str(CONFIGS / "evaluate.json")])
    check_options({}, argv=argv("--whole_dataset", "true", config=files))
    check_options({}, argv=argv("--whole_dataset", "true", config=files.strip("[]").replace("'", "").replace(" ", "")))


@pytest.mark.parametrize("words", [("--epoch", "3"), ("--epoch=3",), ("--dataset", "BUSI")])
def test_a_misspelled_option_is_told_with_what_is_near(words):
    name = words[0].split("=")[0]
    with pytest.raises(InputError, match=f"{name}: no such option in .*; is --(epochs|datalist) meant?"):
        check_options({}, argv=argv(*words))


def test_the_command_line_of_another_program_is_its_own():
    check_options({}, argv=["/bin/pytest", "run", "--foo", "1"])


@pytest.mark.parametrize("value", [0, -1, 2.5, "big", True, None])
def test_what_must_be_a_count(value):
    with pytest.raises(InputError, match=f"--image_size {value}: a whole number of at least 1"):
        check_options({"image_size": value}, argv=[])


def test_an_interval_that_never_comes():
    with pytest.raises(InputError, match="--val_interval 5: more than the 3 epochs"):
        check_options({"epochs": 3, "val_interval": 5}, argv=[])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"indices": {"fold": "x"}}, "--fold x: a whole number from 0"),
        ({"indices": {"seed": -1}}, "--seed -1: a whole number from 0"),
        ({"numbers": {"learning_rate": "fast"}}, "--learning_rate fast: a number from 0"),
        ({"numbers": {"weight_decay": float("nan")}}, "--weight_decay nan: a number from 0"),
        ({"device": "abacus"}, "--device abacus: "),
    ],
)
def test_values_of_the_wrong_kind(arguments, message):
    with pytest.raises(InputError, match=message):
        check_options({}, argv=[], **arguments)


def test_names_below_the_first():
    check_options({}, argv=argv("--train#dataloader#pin_memory", "true"))
    with pytest.raises(InputError, match="--train#foo: no such option in .*: there is no 'foo'"):
        check_options({}, argv=argv("--train#foo", "3"))
