# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy
import logging

import pytest
import torch

from scripts.data import read_datalist, select
from scripts.errors import InputError
from scripts.runs.announcement import announce
from scripts.runs.data_record import check_held_out, record_data
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
    with pytest.raises(InputError, match="holds a complete run; go on with --resume true, replace it"):
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
    "classes": {"benign": 4},
    "split": "leak_free",
    "num_folds": 3,
    "training": [
        {"image": f"{name}.png", "label": [], "class": "benign", "fold": fold, "group": group}
        for name, fold, group in (("a", 0, 0), ("b", 1, 1), ("c", 2, 2), ("d", 2, 2))
    ],
}


def sections(**names):
    by_name = {entry["image"][0]: {**entry, "name": entry["image"]} for entry in DATALIST["training"]}
    names = names or {"training": "cd", "test": "a"}
    return {section: [by_name[name] for name in chosen] for section, chosen in names.items()}


def test_the_datalist_beside_the_results_says_what_was_used_for_what(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    written = read_datalist(tmp_path / "datalist.json")
    assert written["training"] == DATALIST["training"]
    assert written["used"] == {"training": ["c.png", "d.png"], "test": ["a.png"]}


def test_it_can_be_used_for_another_run(tmp_path):
    for name in "abcd":
        (tmp_path / f"{name}.png").touch()
    record_data(tmp_path, DATALIST, sections())
    assert [item["name"] for item in select(read_datalist(tmp_path / "datalist.json"), tmp_path, [1])] == ["b.png"]


def test_a_group_may_not_straddle_training_and_test(tmp_path):
    with pytest.raises(InputError, match="group 2 .* is in the training and the test data: d.png"):
        record_data(tmp_path, DATALIST, sections(training="c", test="d"))
    assert not (tmp_path / "datalist.json").exists()


def test_a_naive_split_may_leak(tmp_path):
    record_data(tmp_path, {**DATALIST, "split": "random"}, sections(training="c", test="d"))


def test_resuming_with_other_images_is_refused(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    record_data(tmp_path, copy.deepcopy(DATALIST), sections(), must_match=True)
    with pytest.raises(InputError, match="lists other images than these options choose"):
        record_data(tmp_path, DATALIST, sections(training="cd", test="b"), must_match=True)


def test_a_network_is_not_tested_on_what_it_was_trained_on(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    weights = tmp_path / "model.pt"
    assert check_held_out(weights, DATALIST, sections(test="ab")) == 0
    with pytest.raises(InputError, match=r"trained on 1 of the 2 test images, such as 'c.png'"):
        check_held_out(weights, DATALIST, sections(test="bc"))
    assert check_held_out(weights, DATALIST, sections(test="bc"), allowed=True) == 1


def test_another_data_set_with_the_same_names_is_unseen(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    phantoms = {**DATALIST, "classes": {"benign": 72}}
    assert check_held_out(tmp_path / "model.pt", phantoms, sections(test="c")) == 0


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


def test_what_differs_from_the_paper_is_one_line(caplog):
    caplog.set_level(logging.INFO)
    paper, chosen = {"image_size": 512, "epochs": 20}, {"image_size": 96, "epochs": 20}
    announce(paper, chosen, device="cpu", amp=False, memory_format=torch.channels_last)
    assert [record.message for record in caplog.records] == [
        "Not the paper's settings: image_size 96 (paper: 512).",
        "Computing on cpu in float32, memory format channels_last.",
    ]
