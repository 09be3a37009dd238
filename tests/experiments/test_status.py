# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.experiments import LOG
from scripts.experiments.status import status_table
from scripts.runs.file_names import RESUME
from tests.experiments.results import cell, images, normals

TINY = "tiny/busi/fold0"
EPOCH = "16:39:11 INFO StuNet: training epoch {}/10, loss 1.1670, learning rate 0.001, 2 min left\n"


@pytest.fixture
def table(plan, put, tmp_path):
    """One training has a result of 90 minutes; of another one's three seeds, one was interrupted."""
    put(cell("student"), images(0.5))
    work = tmp_path / "work"
    for where, epochs in ((cell("student", 1), (1, 2)), (cell("taught", 1), ()), (cell("teacher"), (1,))):
        folder = work / where.name
        folder.mkdir(parents=True)
        (folder / LOG).write_text("".join(map(EPOCH.format, epochs)))
    for where in (cell("student", 1), cell("taught", 1)):
        (work / where.name / RESUME).write_text("")
    return status_table(plan, plan.cells("tiny"), tmp_path / "results", work)


@pytest.mark.parametrize(
    "line",
    [
        "/seed0/student | done | 90.0 | 0.500 |",
        "/seed1/student | unfinished, epoch 2 of 10 done | about 90 | – |",
        "/seed2/student | missing | about 90 | – |",
        "/seed1/taught | unfinished | ? | – |",
        "/seed0/teacher | missing | ? | – |",  # its log is of a start that left nothing to go on from
    ],
)
def test_each_cell_has_its_state_and_the_time_of_its_like(table, line):
    assert f"| {TINY}{line}" in table.splitlines()


def test_a_cell_tested_without_any_lesion_has_no_dice(plan, put, tmp_path):
    put(cell("student"), normals(0, 1))
    lines = status_table(plan, plan.cells("tiny"), tmp_path / "results", tmp_path / "work").splitlines()
    assert f"| {TINY}/seed0/student | done | 90.0 | – |" in lines


def test_looking_disturbs_nobody(plan, tmp_path):
    assert "10 cells: 10 missing" in status_table(plan, plan.cells("tiny"), tmp_path / "results", tmp_path / "work")
    assert not (tmp_path / "results").exists()


def test_epochs_that_are_done_are_not_left(table):
    # 90 minutes each for the third seed and BrEaST, and 8 of 10 epochs for the second seed.
    assert table.splitlines()[-1] == (
        "10 cells: 1 done, 2 unfinished, 7 missing; about 252 minutes of training are left, "
        "and 6 cells of unknown length"
    )
