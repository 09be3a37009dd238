# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest
import torch

from scripts.bundle.command_line import CommandLine
from scripts.errors import InputError
from scripts.runs.config_record import find_run, part_config, read_run_config, recorded_as, write_config
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


def test_a_part_of_a_command_is_recorded_as_what_it_is(tmp_path):
    """A teacher's network is defined by the distillation, and may refer to its options."""
    student = CommandLine(
        (str(ROOT / "configs" / "distill.yaml"),), {"teacher_defs::benign::dropout": "$@temperature / 10"}
    )
    options = {"epochs": 2, "memory_format": torch.channels_last, "output_dir": "out/teachers/benign"}
    files = [str(ROOT / "configs" / "train_benign_teacher.yaml")]
    with recorded_as(part_config(files, options, student, ("teacher_defs", "benign"))):
        write_config(tmp_path, student)
    config = json.loads((tmp_path / "config.json").read_text())
    assert (config["epochs"], config["memory_format"], config["classes"]) == (2, "$torch.channels_last", ["benign"])
    teacher = {"_target_": "scripts.networks.TeachNet", "spatial_dims": 2, "in_channels": 1, "out_channels": 2}
    assert config["network_def"] == {**teacher, "dropout": 0.1}
    write_config(tmp_path, student)
    assert "teacher_defs" in json.loads((tmp_path / "config.json").read_text())


def test_a_damaged_config(tmp_path):
    (tmp_path / "config.json").write_text("[1")
    with pytest.raises(InputError, match="config.json: cannot be read as a config"):
        read_run_config(tmp_path / "config.json")


def test_a_run_that_is_missing(tmp_path):
    with pytest.raises(InputError, match="--run .*absent: no such folder"):
        find_run(tmp_path / "absent")
