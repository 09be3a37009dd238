# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest

from scripts.bundle.command_line import CommandLine
from scripts.errors import InputError
from scripts.runs.config_record import find_run, read_run_config, write_config
from tests.paths import ROOT


def recorded(folder, **options):
    write_config(folder, CommandLine((str(ROOT / "configs" / "train.json"),), options))
    return json.loads((folder / "config.json").read_text())


def test_options_are_recorded_with_their_types(tmp_path):
    config = recorded(tmp_path, image_size="96", amp="no", classes="benign,normal", dataset_dir="2024", device="$x")
    assert (config["image_size"], config["amp"], config["classes"]) == (96, False, ["benign", "normal"])
    assert (config["dataset_dir"], config["device"]) == ("2024", "$x")


def test_nested_options_and_networks(tmp_path):
    config = recorded(tmp_path, **{"train#trainer#max_epochs": "3", "network_def": "{'_target_': 'my.Net', 'n': 2}"})
    assert config["train"]["trainer"]["max_epochs"] == 3
    assert config["network_def"] == {"_target_": "my.Net", "n": 2}


def test_options_of_one_start_are_not_recorded(tmp_path):
    config = recorded(tmp_path, overwrite="true", resume="true", logging_file="log.conf")
    assert config["overwrite"] == "$not @dataset_dir"
    assert config["resume"] is False
    assert "logging_file" not in config


def test_a_damaged_config(tmp_path):
    (tmp_path / "config.json").write_text("[1")
    with pytest.raises(InputError, match="config.json: cannot be read as a config"):
        read_run_config(tmp_path / "config.json")


def test_a_run_that_is_missing(tmp_path):
    with pytest.raises(InputError, match="--run .*absent: no such folder"):
        find_run(tmp_path / "absent")
