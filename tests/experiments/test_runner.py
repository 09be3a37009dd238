# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a runner tells of trainings that end as they should not; trainings that do not are in tests/e2e."""

from __future__ import annotations

import sys

import pytest

from scripts.errors import InputError
from scripts.experiments import LOG
from scripts.experiments import runner as module
from scripts.experiments.runner import Runner
from tests.experiments.results import cell
from tests.files.other_process import locked_elsewhere

CELL = cell("student")


@pytest.fixture
def runner(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "read_dataset", lambda folder: ("BUSI", []))
    return Runner(plan, {"busi": tmp_path}, tmp_path / "results", tmp_path / "work")


@pytest.fixture
def trained_by(monkeypatch):
    """Let a program stand in for the training."""
    return lambda code: monkeypatch.setattr(module, "resuming_command", lambda words: [sys.executable, "-c", code])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL; last line: "),
        ("print('half way'); raise SystemExit(3)", "exit status 3; last line: half way "),
        ("print('error: --fold 9: too many'); print('bye'); raise SystemExit(2)", "student: --fold 9: too many "),
    ],
)
def test_how_a_training_ended_is_told_and_not_how_an_earlier_one_did(runner, trained_by, tmp_path, code, reason):
    log = tmp_path / "work" / CELL.name / LOG
    log.parent.mkdir(parents=True)
    log.write_text("$ python yesterday\nerror: since mended\n")
    trained_by(code)
    with pytest.raises(InputError, match="1 cells failed, the first tiny/busi/fold0/seed0/student: ") as raised:
        runner.run([CELL])
    assert reason in str(raised.value)
    assert "mended" not in str(raised.value)


def test_a_runner_that_cannot_write_says_so(runner, trained_by, monkeypatch):
    def full(self, running):
        raise OSError("No space left on device")

    monkeypatch.setattr(Runner, "_note_running", full)
    with pytest.raises(InputError, match="the runner stopped: OSError: No space left on device"):
        runner.run([CELL])


@pytest.mark.parametrize("option", ["results", "work"])
def test_a_folder_in_use_is_left_alone(runner, tmp_path, option):
    with locked_elsewhere(tmp_path / option), pytest.raises(InputError, match=f"--{option}_dir .*: another command"):
        runner.run([CELL])


@pytest.mark.parametrize(("visible", "expected"), [("6,7", "6"), ("", "0")])
def test_a_users_choice_of_gpus_is_kept(runner, trained_by, monkeypatch, visible, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    runner.gpus = 2
    trained_by("import os; print('on', os.environ['CUDA_VISIBLE_DEVICES']); raise SystemExit(1)")
    with pytest.raises(InputError, match=f"last line: on {expected} "):
        runner.run([CELL])
