# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy

import pytest

from scripts.errors import InputError
from scripts.experiments.plan import read_plan
from tests.experiments.results import PLAN, write_plan


@pytest.fixture
def content():
    return copy.deepcopy(PLAN)


def test_cells_come_in_the_order_of_the_file_teachers_first(content, tmp_path):
    content["trainings"]["taught"]["teachers"] = {"benign": "teacher"}
    content["cells"] = [
        {"datasets": ["busi"], "folds": [0], "seeds": [1, 0], "trainings": ["taught", "student", "teacher"]}
    ]
    names = [cell.name.removeprefix("tiny/busi/fold0/") for cell in write_plan(tmp_path, content).cells("tiny")]
    assert names == [f"seed{seed}/{name}" for seed in (1, 0) for name in ("teacher", "taught", "student")]


def test_parts_of_names_choose_cells_and_bring_their_teachers(content, tmp_path):
    content["trainings"]["taught"]["teachers"] = {"benign": "teacher"}
    plan = write_plan(tmp_path, content)
    names = [cell.name for cell in plan.cells("tiny", ["seed1/taught", "breast"])]
    assert names == [
        "tiny/busi/fold0/seed1/teacher", "tiny/busi/fold0/seed1/taught", "tiny/breast/fold0/seed0/student",
    ]  # fmt: skip
    with pytest.raises(InputError, match="--cells taugh: no such cell"):
        plan.cells("tiny", ["taugh"])


def test_options_are_the_presets_and_the_trainings(content, tmp_path):
    content["trainings"]["student"] |= {"options": {"batch_size": 2}, "epochs_factor": 3}
    plan = write_plan(tmp_path, content)
    cell = next(cell for cell in plan.cells("tiny") if (cell.training, cell.seed) == ("student", 2))
    assert plan.options(cell) == {
        "image_size": 64, "epochs": 30, "batch_size": 2, "fold": 0, "seed": 2, "split_seed": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("cells"), "the file: 'cells' is missing"),
        (lambda c: c.update(sells=[]), "the file: 'sells' is not known here"),
        (lambda c: c["presets"]["tiny"].pop("epochs"), "presets: tiny: 'epochs' is missing"),
        (lambda c: c["trainings"]["student"].pop("configs"), "trainings: student: 'configs' is missing"),
        (
            lambda c: c["trainings"]["student"].update(teachers={"a": "b"}),
            "trainings: student: teachers: 'b' is unknown",
        ),
        (
            lambda c: c["cells"][0].update(trainings=["net"]),
            r"cells\[0\]: trainings: 'net' is unknown; there are student",
        ),
        (lambda c: c["cells"][0].update(datasets=["isic"]), r"cells\[0\]: datasets: 'isic' is unknown"),
        (lambda c: c["tables"]["table1"]["rows"].append({"training": "net"}), "table1: rows: 'net' is unknown"),
        (lambda c: c["tables"]["table1"]["published"]["busi"].update(net={}), "published: busi: 'net' is unknown"),
        (lambda c: c["comparisons"][0].update(first="net"), r"comparisons\[0\]: 'net' is unknown"),
        (lambda c: c.update(test_classes=["cystic"]), "test_classes: 'cystic' is unknown"),
        (lambda c: c.update(cells=[]), "cells: there are none"),
        (lambda c: c.update(trainings=["student"]), r"trainings: a mapping is expected, not \['student'\]"),
        (lambda c: c["cells"][0].update(seeds=0), r"cells\[0\]: seeds: a list is expected, not 0"),
        (
            lambda c: c["trainings"]["student"].update(configs="train.json"),
            "trainings: student: configs: a list is expected, not 'train.json'",
        ),
        (lambda c: c["trainings"]["student"].update(options=None), "student: options: a mapping is expected, not None"),
        (
            lambda c: c["trainings"]["student"].update(options={"fold": 3}),
            "student: options: 'fold' is none of a training; its cell, preset or data set decides it",
        ),
        (lambda c: c["trainings"]["student"].update(epochs_factor=0), "epochs_factor: a number above 0"),
        (lambda c: c["trainings"]["student"].update(title="Teacher"), "trainings: two have the title 'Teacher'"),
        (
            lambda c: c["trainings"]["student"].update(teachers={"a": "student"}),
            "trainings: student: teachers: 'student' has teachers itself",
        ),
        (lambda c: c["tables"]["table1"].update(rows={}), "table1: rows: a list is expected"),
    ],
)
def test_what_does_not_fit_is_named(content, tmp_path, change, message):
    change(content)
    with pytest.raises(InputError, match=message):
        write_plan(tmp_path, content)


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(InputError, match="no such file of experiments"):
        read_plan(tmp_path / "absent.yaml")
    (tmp_path / "list.yaml").write_text("[1, 2]")
    with pytest.raises(InputError, match="the file: a mapping is expected"):
        read_plan(tmp_path / "list.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(InputError, match="latin.yaml: cannot be read"):
        read_plan(tmp_path / "latin.yaml")
    (tmp_path / "broken.yaml").write_text("a: [1")
    with pytest.raises(InputError, match="broken.yaml: cannot be read"):
        read_plan(tmp_path / "broken.yaml")
