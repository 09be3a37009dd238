# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Cells that need the weights of others: teachers, and a training that another starts from."""

from __future__ import annotations

import copy
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.data import make_phantoms
from scripts.errors import InputError
from scripts.experiments import WORK_DIR
from scripts.experiments import runner as module
from scripts.experiments.cell_command import check_settings, command
from scripts.experiments.portable import portable_sources
from scripts.experiments.runner import Runner
from tests.experiments.results import PLAN, cell, write_plan

START = f"{WORK_DIR}/tiny/busi/fold0/seed0/teacher/model.pt"


@pytest.fixture
def content():
    """A student taught by a specialist that starts from a generalist, which is called teacher."""
    content = copy.deepcopy(PLAN)
    content["trainings"]["specialist"] = {"title": "Specialist", "configs": ["train.json"], "starts_from": "teacher"}
    content["trainings"]["taught"]["teachers"] = {"benign": "specialist"}
    content["cells"] = [{"datasets": ["busi"], "folds": [0], "seeds": [0], "trainings": ["taught"]}]
    return content


def test_those_who_are_needed_come_first(content, tmp_path):
    names = [one.training for one in write_plan(tmp_path, content).cells("tiny")]
    assert names == ["teacher", "specialist", "taught"]


def test_the_command_names_the_weights_to_start_from(content, tmp_path):
    plan = write_plan(tmp_path, content)
    words = command(plan, cell("specialist"), "data", ["benign"], WORK_DIR)
    assert words[words.index("--initial_weights") + 1] == START
    assert "--initial_weights" not in command(plan, cell("taught"), "data", ["benign"], WORK_DIR)


def test_a_result_that_started_from_others_is_not_the_plans(content, tmp_path):
    plan = write_plan(tmp_path, content)
    made = shlex.join(command(plan, cell("specialist"), "data", ["benign"], Path("elsewhere")))
    check_settings(plan, cell("specialist"), {"command": made}, "here")
    content["trainings"]["specialist"]["starts_from"] = "student"
    with pytest.raises(
        InputError, match="was computed with initial_weights teacher, but .* has initial_weights student"
    ):
        check_settings(write_plan(tmp_path, content), cell("specialist"), {"command": made}, "here")


@pytest.mark.parametrize(
    ("start", "message"),
    [("nobody", "specialist: starts_from: 'nobody' is unknown"), ("taught", "'taught' needs another's weights itself")],
)
def test_starts_that_make_no_sense(content, tmp_path, start, message):
    content["trainings"]["specialist"]["starts_from"] = start
    with pytest.raises(InputError, match=message):
        write_plan(tmp_path, content)


def test_all_that_is_gone_is_trained_again(content, tmp_path, monkeypatch):
    """The results of teacher and specialist are there, their weights are not, and a student is still to be taught."""
    monkeypatch.setattr(module, "read_dataset", lambda folder: ("BUSI", []))
    monkeypatch.setattr(module, "check_settings", lambda *args: None)
    given = SimpleNamespace(metrics={"provenance": {}})
    monkeypatch.setattr(module, "read_result", lambda folder, one: None if one.training == "taught" else given)
    plan = write_plan(tmp_path, content)
    runner = Runner(plan, {"busi": tmp_path}, tmp_path / "results", tmp_path / "work")
    assert [one.training for one in runner._queue(plan.cells("tiny"))] == ["teacher", "specialist", "taught"]
    monkeypatch.setattr(module, "is_complete", lambda folder: folder.name == "specialist")
    assert [one.training for one in runner._queue(plan.cells("tiny"))] == ["taught"]


def test_where_weights_come_from_is_told_without_a_machines_paths():
    def run(training, data, work, **more):
        words = ["python", "-m", "monai.bundle", "run", "--dataset_dir", data, "--output_dir", f"{work}/{training}"]
        return {"command": shlex.join(words), **more}

    def described(data, work):
        generalist = {"file": f"{work}/generalist/model.pt", "trained": run("generalist", data, work)}
        specialist = run("specialist", data, work, started_from=generalist)
        theirs = {"file": f"{work}/specialist/model.pt", "trained": specialist}
        return {"teachers": {"benign": theirs, "mixed": {"file": f"{work}/theirs.pt", "trained": "unknown"}}}

    provenance = {"trained": "student", **described("/home/me/data", "/tmp/work")}
    assert portable_sources(provenance, "BUSI", Path("/tmp/work")) == described("BUSI", WORK_DIR)
    assert portable_sources({"trained": "student", "started_from": None}, "BUSI", Path("/tmp/work")) == {}


def test_several_data_sets_are_given_as_a_list_of_folders(content, tmp_path):
    make_phantoms(tmp_path / "one", benign=4, malignant=2, normal=0, size=(64, 64))
    make_phantoms(tmp_path / "other", benign=4, malignant=2, normal=1, size=(64, 64), seed=1)
    content["datasets"]["busi"] = "BUSI + BUSI"
    plan, folders = write_plan(tmp_path, content), f"[{tmp_path}/one, {tmp_path}/other]"
    runner = Runner(plan, {"busi": folders}, tmp_path / "results", tmp_path / "work")
    assert runner.test_classes == {"busi": [name for name in plan.test_classes if name != "unknown"]}
    words = command(plan, cell("taught"), runner.dataset_dirs["busi"], ["benign"], tmp_path)
    assert words[words.index("--dataset_dir") + 1] == folders
    with pytest.raises(InputError, match="holds BUSI, but .* must be BUSI . BUSI"):
        Runner(plan, {"busi": tmp_path / "one"}, tmp_path / "results", tmp_path / "work")
