# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A calibration is fitted on validation images alone, and assessed on images that nobody has used."""

from __future__ import annotations

import pytest

from scripts.data import make_phantoms
from scripts.runs import unseen_images


def item(name, fold, dataset, group=None):
    return {"name": name, "fold": fold, "dataset": dataset, "group": name if group is None else group}


@pytest.fixture
def split(monkeypatch, tmp_path):
    def split(items, **used):
        (tmp_path / "datalist.json").write_text("{}")
        monkeypatch.setattr(unseen_images, "read_datalist", lambda _: {"used": used})
        monkeypatch.setattr(unseen_images, "select", lambda *_: items)
        fitting, unseen, _ = unseen_images.split_images(tmp_path / "model.pt", "data")
        return [[each["name"] for each in chosen] for chosen in (fitting, unseen)]

    return split


def test_a_data_set_that_was_left_out_is_not_fitted_on(split):
    items = [item(f"{name}{fold}", fold, name) for name in ("A", "B") for fold in range(3)]
    fitting, unseen = split(items, training=["A2"], validation=["A1"], test=["B0", "B1", "B2"])
    assert fitting == ["A1"]
    assert unseen == ["A0", "B0", "B1", "B2"]


def test_images_without_a_lesion_of_the_validation_fold_are_fitted_on(split):
    items = [item("lesion", 1, None), item("normal", 1, None), item("trained", 0, None), item("test", 2, None)]
    assert split(items, training=["trained"], validation=["lesion"]) == [["lesion", "normal"], ["test"]]


def test_near_duplicates_of_used_images_are_not_assessed(split):
    items = [item("trained", 0, "A", 7), item("validated", 1, "A", 8)]
    items += [item(f"copy {group}", 2, "B", group) for group in (7, 8, 9)]
    assert split(items, training=["trained"], validation=["validated"])[1] == ["copy 9"]


def test_the_whole_of_a_data_set_with_fewer_images_than_folds(tmp_path):
    few = make_phantoms(tmp_path / "few", benign=2, malignant=1, normal=0)
    items, datalist = unseen_images.unseen_dataset(tmp_path / "model.pt", few, "assessed")
    assert (len(items), datalist["num_folds"]) == (3, 1)
