# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.errors import InputError
from scripts.runs.folder import close_run, is_complete, open_run


@pytest.fixture
def complete(tmp_path):
    for name in ("model.pt", "last.pt", "metrics.json", "metrics.csv", "datalist.json"):
        (tmp_path / name).write_text("finished")
    (tmp_path / "teachers").mkdir()
    (tmp_path / "teachers" / "model.pt").write_text("a teacher")
    return tmp_path


def test_a_new_folder_is_made(tmp_path):
    open_run(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_finished_work_is_not_overwritten_unasked(complete):
    with pytest.raises(InputError, match="holds a complete run; continue it with --resume true, replace it"):
        open_run(complete)
    assert (complete / "model.pt").read_text() == "finished"


def test_unfinished_work_is_not_overwritten_unasked(tmp_path):
    (tmp_path / "checkpoint.pt").write_text("two hours")
    with pytest.raises(InputError, match="holds an unfinished run"):
        open_run(tmp_path)
    open_run(tmp_path, resume=True)
    assert (tmp_path / "checkpoint.pt").exists()


def test_overwriting_keeps_the_teachers(complete):
    (complete / "report.html").write_text("of the run replaced")
    open_run(complete, overwrite=True)
    assert sorted(path.name for path in complete.iterdir()) == ["teachers"]
    assert (complete / "teachers" / "model.pt").exists()


def test_a_complete_run_has_nothing_to_resume(complete):
    with pytest.raises(InputError, match="complete; there is nothing to resume"):
        open_run(complete, resume=True)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be created"):
        open_run(tmp_path / "file" / "out")


def test_closing_leaves_a_complete_run(complete):
    (complete / "checkpoint.pt").write_text("")
    assert not is_complete(complete)
    close_run(complete)
    assert is_complete(complete)


def test_an_evaluation_never_removes_weights(complete):
    (complete / "predictions").mkdir()
    with pytest.raises(InputError, match="holds an evaluated run; replace it with --overwrite true"):
        open_run(complete, training=False)
    open_run(complete, overwrite=True, training=False)
    assert sorted(path.name for path in complete.iterdir()) == ["last.pt", "model.pt", "teachers"]


def test_resume_and_overwrite_are_not_for_the_same_run(complete):
    with pytest.raises(InputError, match="not both"):
        open_run(complete, resume=True, overwrite=True)


def test_a_run_that_failed_at_its_start_is_in_nobodys_way(tmp_path):
    (tmp_path / "datalist.json").write_text("{}")
    (tmp_path / ".checkpoint.pt.17.partial").write_text("half")
    open_run(tmp_path)
    assert not (tmp_path / ".checkpoint.pt.17.partial").exists()
