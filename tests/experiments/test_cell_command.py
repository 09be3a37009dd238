# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy
import shlex
from pathlib import Path

from monai.bundle import ConfigParser

from scripts.experiments.cell_command import command, portable_command
from scripts.experiments.plan import read_plan
from tests.experiments.results import PLAN, cell, write_plan
from tests.paths import ROOT


def test_what_a_training_sets_to_none_is_none_in_its_configuration():
    """A plain None on the command line leaves the configuration's own value, and compares a network with itself."""
    plan = read_plan(ROOT / "experiments" / "recommended.yaml")
    scratch = cell("recommended_from_scratch", preset="recommended")
    words = command(plan, scratch, "BUSI", ["benign"], Path("eval"))
    option = words[words.index("--encoder_weights") + 1]
    parser = ConfigParser({"encoder_weights": "imagenet", "network_def": {"encoder_weights": "@encoder_weights"}})
    parser.update({"encoder_weights": option})
    assert parser.get_parsed_content("network_def") == {"encoder_weights": None}


def test_a_recorded_command_is_freed_of_its_machine(tmp_path):
    content = copy.deepcopy(PLAN)
    content["trainings"]["taught"] |= {"options": {"name": "data"}, "teachers": {"benign": "teacher"}}
    plan = write_plan(tmp_path, content)
    words = command(plan, cell("taught"), "data", ["benign", "normal"], Path("work"))
    recorded = shlex.join([*words, "--resume", "true"])
    assert portable_command(recorded, "BUSI", Path("work")) == (
        "python -m monai.bundle run --config_file configs/train.json --dataset_dir BUSI "
        "--output_dir eval/experiments/tiny/busi/fold0/seed0/taught --image_size 64 --epochs 10 --batch_size 8 "
        "--fold 0 --seed 0 --split_seed 0 --name data --test_classes '['\"'\"'benign'\"'\"', '\"'\"'normal'\"'\"']' "
        "--benign_teacher eval/experiments/tiny/busi/fold0/seed0/teacher/model.pt"
    )
