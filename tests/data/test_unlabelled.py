# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from monai.data import DataLoader
from torch.utils.data import RandomSampler

from scripts.data import MixedBatches, build_datalist, list_unlabelled, make_phantoms, select
from scripts.errors import InputError


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    return make_phantoms(tmp_path_factory.mktemp("u") / "p", benign=4, malignant=4, normal=1, size=(96, 112))


@pytest.fixture(scope="module")
def items(phantoms):
    return select(build_datalist(phantoms, num_folds=3), phantoms)


@pytest.fixture
def archive(tmp_path):
    """Other images, in subfolders, two with their masks beside them."""
    return make_phantoms(tmp_path / "archive", benign=2, malignant=0, normal=1, size=(96, 112), seed=7)


def test_images_become_items_with_the_keys_of_annotated_ones(archive, items):
    found = list_unlabelled(archive, items[:6], {"test": items[6:]}, 1.0)
    assert len(found) == 3
    assert {item["class"] for item in found} == {"unlabelled"}
    assert all(item["label"] == [] for item in found)
    assert all(set(item) == set(items[0]) for item in found)
    assert "benign/benign (1).png" in {item["name"] for item in found}


@pytest.mark.parametrize(
    ("image", "mask"),
    [("images/a.png", "masks/a.png"), ("b/Images/bus_1.png", "b/Masks/mask_1.png"), ("original/1.png", "GT/1.png")],
)
def test_masks_are_no_images(archive, items, tmp_path, image, mask):
    for name, source in ((image, "benign (1).png"), (mask, "benign (1)_mask.png")):
        (tmp_path / "own" / name).parent.mkdir(parents=True)
        shutil.copy2(archive / "benign" / source, tmp_path / "own" / name)
    assert [item["name"] for item in list_unlabelled(tmp_path / "own", items[:6], {}, 1.0)] == [image]


def test_no_folder_no_images(items):
    assert list_unlabelled("", items, {}, 1.0) == []


def test_a_held_out_image_is_refused(archive, items):
    shutil.copy2(items[-1]["image"], archive / "copied.png")
    with pytest.raises(
        InputError, match=r"--unlabelled_dir .*: 1 of its images show .* such as .*copied.png and the test image"
    ):
        list_unlabelled(archive, items[:-1], {"validation": items[:1], "test": items[-1:]}, 1.0)


def test_an_image_that_shows_the_frame_of_several_held_out_ones_is_one_image(archive, items, monkeypatch):
    pairs = [(Path(item["image"]), archive / "a.png") for item in items[:2]]
    monkeypatch.setattr("scripts.data.unlabelled.shared_images", lambda *_: pairs)
    with pytest.raises(InputError, match=r": 1 of its images show"):
        list_unlabelled(archive, items[2:], {"test": items[:2]}, 1.0)


@pytest.mark.parametrize(
    ("prepare", "ratio", "message"),
    [
        (lambda folder: shutil.rmtree(folder), 1.0, "no such folder"),
        (lambda folder: [path.unlink() for path in folder.rglob("*.png")], 1.0, "no images in it"),
        (lambda folder: (folder / "x.png").write_bytes(b"x"), 1.0, "x.png"),
        (lambda folder: None, 0.0, "--unlabelled_ratio 0.0: must be above 0"),
    ],
)
def test_wrong_folders_and_ratios(archive, items, prepare, ratio, message):
    prepare(archive)
    with pytest.raises(InputError, match=message):
        list_unlabelled(archive, items, {}, ratio)


def test_without_unlabelled_images_as_a_shuffled_loader():
    def order(**options):
        torch.manual_seed(3)
        return [batch.tolist() for batch in DataLoader(torch.arange(23), **options)]

    for _ in range(2):
        expected = order(batch_size=5, shuffle=True)
        assert order(batch_sampler=MixedBatches(RandomSampler(range(23)), 23, 0, 5)) == expected


@pytest.mark.parametrize("ratio, added", [(1.0, 4), (0.5, 2), (0.01, 1), (2.0, 8)])
def test_each_batch_has_its_share(ratio, added):
    sampler = MixedBatches(RandomSampler(range(10)), labelled=10, unlabelled=50, batch_size=4, ratio=ratio)
    batches = list(sampler)
    assert len(batches) == len(sampler) == 3
    assert sorted(i for batch in batches for i in batch if i < 10) == list(range(10))
    for batch in batches:
        assert sum(10 <= i < 60 for i in batch) == added
    drawn = [i for batch in batches for i in batch if i >= 10]
    assert len(set(drawn)) == len(drawn)


def test_few_unlabelled_images_are_drawn_again():
    drawn = [
        i
        for batch in MixedBatches(RandomSampler(range(8)), labelled=8, unlabelled=3, batch_size=2)
        for i in batch
        if i >= 8
    ]
    assert sorted(drawn[:3]) == sorted(drawn[3:6]) == [8, 9, 10]
