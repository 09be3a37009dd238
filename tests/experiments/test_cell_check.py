# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What cannot run as planned is told before anything starts; the plans of the bundle can."""

from __future__ import annotations

import copy
import shutil
from functools import partial

import pytest

from scripts.bundle.paths import CONFIGS
from scripts.errors import InputError
from scripts.experiments import WORK_DIR, cell_check, plan_file
from scripts.experiments import runner as module
from scripts.experiments.cell_check import check_cells
from scripts.experiments.cell_command import command
from scripts.experiments.plan import read_plan
from scripts.experiments.runner import Runner
from tests.experiments.results import PLAN, write_plan
from tests.paths import ROOT


@pytest.fixture
def content():
    """A student, and one that is taught by a teacher of all classes."""
    content = copy.deepcopy(PLAN)
    content["trainings"]["taught"] = {
        "title": "Student, taught",
        "configs": ["distill.yaml"],
        "options": {"teacher_weights": {"mixed": 0.7}, "teacher_mode": "frozen"},
        "teachers": {"mixed": "teacher"},
    }
    return content


def run(content, folder, monkeypatch):
    """Start a runner on all cells, but none of them."""
    monkeypatch.setattr(module, "read_dataset", lambda folder: ("BUSI", []))
    monkeypatch.setattr(Runner, "_run_all", lambda self, queue: {})
    plan = write_plan(folder, content)
    Runner(plan, {"busi": folder}, folder / "results", folder / "work").run(plan.cells("tiny"))


def test_what_is_right_runs(content, tmp_path, monkeypatch):
    run(content, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda c: c["trainings"]["taught"]["options"].update(teacher_mod="frozen"),
            "trainings: taught: --teacher_mod: no such option in .*configs/distill.yaml; did you mean --teacher_mode?",
        ),
        (
            lambda c: c["presets"]["tiny"].update(batchsize=4),
            "student: --batchsize: no such option .*mean --batch_size?",
        ),
        (
            lambda c: c["trainings"]["student"].update(options={"learning_rate": "fast"}),
            "trainings: student: --learning_rate fast: must be a number",
        ),
        (lambda c: c["cells"][0].update(folds=[0, 9]), "cells: folds: 9: student has 5 folds, 0 to 4"),
        (
            lambda c: c["trainings"]["taught"].update(teachers={"mixd": "teacher"}),
            "taught: --mixd_teacher: no such option in .*; did you mean --mixed_teacher?",
        ),
        (
            lambda c: c["trainings"]["taught"].pop("teachers"),
            "taught: teachers: 'mixed' is missing, which has a weight",
        ),
        (
            lambda c: c["trainings"]["taught"].update(teachers={"mixed": "teacher", "benign": "teacher"}),
            "trainings: taught: teachers: benign has no weight in teacher_weights {'mixed': 0.7}",
        ),
        (lambda c: c["trainings"]["taught"]["options"].pop("teacher_weights"), "teachers: mixed has no weight in"),
        (
            lambda c: c["trainings"]["student"].update(starts_from="teacher"),
            "student: --initial_weights: no such option in .*configs/train.json",
        ),
    ],
)
def test_what_cannot_run_is_told_first(content, tmp_path, monkeypatch, change, message):
    change(content)
    if "9" in message:
        content["trainings"]["more_folds"] = {"title": "10", "configs": ["train.json"], "options": {"num_folds": 10}}
        content["cells"].insert(0, {**content["cells"][0], "trainings": ["more_folds"]})
    with pytest.raises(InputError, match=f"plan.yaml: .*{message}"):
        run(content, tmp_path, monkeypatch)
    assert not (tmp_path / "work").exists()


def test_a_network_of_ones_own_is_named_by_an_overlay_in_configs(content, tmp_path, monkeypatch):
    configs = shutil.copytree(CONFIGS, tmp_path / "configs")
    (configs / "own.yaml").write_text("network_def: {_target_: mynets.Small, width: 8}\n")
    for part in (plan_file, cell_check):
        monkeypatch.setattr(part, "CONFIGS", configs)
    content["trainings"]["student"]["configs"].append("own.yaml")
    run(content, tmp_path, monkeypatch)


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_plans_of_the_bundle_can_run(path):
    plan = read_plan(path)
    for preset in plan.presets:
        words = partial(command, plan, dataset_dir="data", test_classes=["benign"], work_dir=WORK_DIR)
        check_cells(plan, plan.cells(preset), words)
