# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy
import json
import logging

import pytest
import torch

from scripts.errors import InputError
from scripts.runs import announce, close_run, is_complete, open_run, record_data


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
    with pytest.raises(InputError, match="holds a complete run; go on with --resume true"):
        open_run(complete)
    assert (complete / "model.pt").read_text() == "finished"


def test_unfinished_work_is_not_overwritten_unasked(tmp_path):
    (tmp_path / "checkpoint.pt").write_text("two hours")
    with pytest.raises(InputError, match="holds an unfinished run"):
        open_run(tmp_path)
    open_run(tmp_path, resume=True)
    assert (tmp_path / "checkpoint.pt").exists()


def test_overwriting_keeps_the_teachers(complete):
    open_run(complete, overwrite=True)
    assert sorted(path.name for path in complete.iterdir()) == ["teachers"]
    assert (complete / "teachers" / "model.pt").exists()


def test_a_complete_run_has_nothing_to_resume(complete):
    with pytest.raises(InputError, match="complete, nothing is left to resume"):
        open_run(complete, resume=True)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        open_run(tmp_path / "file" / "out")


def test_closing_leaves_a_complete_run(complete):
    (complete / "checkpoint.pt").write_text("")
    assert not is_complete(complete)
    close_run(complete)
    assert is_complete(complete)


DATALIST = {
    "name": "BUSI",
    "split": "leak_free",
    "num_folds": 3,
    "training": [
        {"image": f"{name}.png", "label": [], "class": "benign", "fold": fold, "group": group}
        for name, fold, group in (("a", 0, 0), ("b", 1, 1), ("c", 2, 2), ("d", 2, 2))
    ],
}


def sections(training=("c", "d"), test=("a",)):
    return {
        "training": [{"name": f"{name}.png"} for name in training],
        "test": [{"name": f"{name}.png"} for name in test],
    }


def test_the_datalist_beside_the_results_says_what_was_used_for_what(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    written = json.loads((tmp_path / "datalist.json").read_text())
    assert [entry["image"] for entry in written["training"]] == ["c.png", "d.png"]
    assert [entry["image"] for entry in written["test"]] == ["a.png"]
    assert written["training"][0] == DATALIST["training"][2]


def test_a_group_may_not_straddle_training_and_test(tmp_path):
    with pytest.raises(InputError, match="group 2 .* is in the training and the test data: d.png"):
        record_data(tmp_path, DATALIST, sections(training=("c",), test=("d",)))
    assert not (tmp_path / "datalist.json").exists()


def test_a_naive_split_may_leak(tmp_path):
    record_data(tmp_path, {**DATALIST, "split": "random"}, sections(training=("c",), test=("d",)))


def test_resuming_with_other_images_is_refused(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    record_data(tmp_path, copy.deepcopy(DATALIST), sections())
    with pytest.raises(InputError, match="lists other images than these options choose"):
        record_data(tmp_path, DATALIST, sections(test=("b",)))


def test_what_differs_from_the_paper_is_one_line(caplog):
    caplog.set_level(logging.INFO)
    paper, chosen = {"image_size": 512, "epochs": 20}, {"image_size": 96, "epochs": 20}
    announce(paper, chosen, device="cpu", amp=False, memory_format=torch.channels_last)
    assert [record.message for record in caplog.records] == [
        "Not the paper's settings: image_size 96 (paper: 512).",
        "Computing on cpu in float32, memory format channels_last.",
    ]
