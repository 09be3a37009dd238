# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy

import pytest

from scripts.errors import InputError
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
