# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy

import pytest

from scripts.data import read_datalist, select
from scripts.errors import InputError
from scripts.runs.data_record import check_held_out, check_tested_share, record_data

DATALIST = {
    "name": "BUSI",
    "classes": {"benign": 4},
    "seed": 0,
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
    with pytest.raises(InputError, match="group 2 .* is in both the training and the test data: d.png"):
        record_data(tmp_path, DATALIST, sections(training="c", test="d"))
    assert not (tmp_path / "datalist.json").exists()


def test_a_fold_may_not_choose_the_epoch_and_be_tested(tmp_path):
    with pytest.raises(InputError, match="^fold 0 is in both the validation and the test data: give a --validation_f"):
        record_data(tmp_path, DATALIST, sections(training="cd", validation="a", test="a"))


def test_a_naive_split_may_leak(tmp_path):
    record_data(tmp_path, {**DATALIST, "split": "random"}, sections(training="c", test="d"))


def test_resuming_with_other_images_is_refused(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    record_data(tmp_path, copy.deepcopy(DATALIST), sections(), must_match=True)
    with pytest.raises(InputError, match="lists other images than these options select"):
        record_data(tmp_path, DATALIST, sections(training="cd", test="b"), must_match=True)


def test_a_network_is_not_tested_on_what_it_was_trained_on(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    weights = tmp_path / "model.pt"
    assert check_held_out(weights, DATALIST, sections(test="ab")) == 0
    with pytest.raises(InputError, match=r"trained on 1 of the 2 test images, such as 'c.png'"):
        check_held_out(weights, DATALIST, sections(test="bc"))
    assert check_held_out(weights, DATALIST, sections(test="bc"), allowed=True) == 1


def test_images_that_it_has_learned_from_without_annotation_are_warned_of(tmp_path, caplog):
    unlabelled = [{"image": "/archive/day 1/b.png", "name": "day 1/b.png", "group": -1}]
    record_data(tmp_path, DATALIST, {**sections(training="cd"), "unlabelled": unlabelled})
    for names, warned in (("ab", True), ("a", False)):
        caplog.clear()
        assert check_held_out(tmp_path / "model.pt", DATALIST, sections(test=names)) == 0
        assert ("1 of the 2 test images are called like images without annotation" in caplog.text) == warned


def test_a_network_that_is_tested_on_its_validation_images_is_warned_of(tmp_path, caplog):
    record_data(tmp_path, DATALIST, sections(training="cd", validation="a"))
    weights = tmp_path / "model.pt"
    for section, names, warned in (("test", "ab", True), ("test", "b", False), ("validation", "a", False)):
        caplog.clear()
        assert check_held_out(weights, DATALIST, sections(**{section: names})) == 0
        assert ("1 of the 2 test images, such as 'a.png', are validation images of ckpt" in caplog.text) == warned


def test_a_calibration_is_not_assessed_on_validation_images(tmp_path):
    record_data(tmp_path, DATALIST, sections(training="cd", validation="a"))
    weights = tmp_path / "model.pt"
    assert check_held_out(weights, DATALIST, sections(assessed="b")) == 0
    with pytest.raises(InputError, match="1 of the 2 assessed images, such as 'a.png', are validation images of ckpt"):
        check_held_out(weights, DATALIST, sections(assessed="ab"))


def test_another_data_set_with_the_same_names_is_unseen(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    assert check_held_out(tmp_path / "model.pt", {**DATALIST, "name": "phantoms"}, sections(test="c")) == 0


def test_a_fold_of_an_unseen_data_set_is_not_taken_for_held_out(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    weights, other = tmp_path / "model.pt", {**DATALIST, "name": "BrEaST"}
    with pytest.raises(InputError, match="no image of BrEaST.*; give --whole_dataset to test all its images"):
        check_tested_share(weights, other, whole_dataset=False)
    check_tested_share(weights, other, whole_dataset=True)
    check_tested_share(weights, other, whole_dataset=False, datalist_file="own.json")
    check_tested_share(weights, DATALIST, whole_dataset=False)
    check_tested_share(tmp_path / "elsewhere" / "model.pt", other, whole_dataset=False)


def test_images_added_to_a_data_set_do_not_hide_those_trained_on(tmp_path):
    record_data(tmp_path, DATALIST, sections())
    more = {**DATALIST, "classes": {"benign": 72}}
    assert check_held_out(tmp_path / "model.pt", more, sections(test="c"), allowed=True) == 1


@pytest.mark.parametrize(
    ("name", "key", "value"), [("phantoms", "classes", {"benign": 72}), ("generic", "dataset", "another folder")]
)
def test_other_phantoms_and_folders_with_the_same_names_are_unseen(tmp_path, name, key, value):
    own = {**DATALIST, "name": name, "dataset": "a folder"}
    record_data(tmp_path, own, sections())
    assert check_held_out(tmp_path / "model.pt", own, sections(test="c"), allowed=True) == 1
    assert check_held_out(tmp_path / "model.pt", {**own, key: value}, sections(test="c")) == 0


PHANTOMS = {**DATALIST, "name": "phantoms", "phantoms": {"generator_version": 1, "size": [64, 64], "seed": 0}}


def test_phantoms_of_another_seed_are_unseen_and_more_of_the_same_are_not(tmp_path):
    record_data(tmp_path, PHANTOMS, sections())
    other = {**PHANTOMS, "phantoms": {**PHANTOMS["phantoms"], "seed": 1}}
    assert check_held_out(tmp_path / "model.pt", other, sections(test="c")) == 0
    more = {**PHANTOMS, "classes": {"benign": 72}}
    assert check_held_out(tmp_path / "model.pt", more, sections(test="c"), allowed=True) == 1


def test_phantoms_are_found_in_records_that_do_not_tell_their_seed(tmp_path):
    former = {key: value for key, value in PHANTOMS.items() if key != "phantoms"}
    record_data(tmp_path, former, sections())
    assert check_held_out(tmp_path / "model.pt", PHANTOMS, sections(test="ac"), allowed=True) == 1
