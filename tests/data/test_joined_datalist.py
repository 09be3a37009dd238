# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Several data sets at once."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
import torch
from monai.bundle import ConfigParser
from PIL import Image, ImageEnhance

from scripts.bundle.option_types import read_option
from scripts.data import build_datalist, dataset_folder, load_datalist, make_phantoms, select, write_datalist
from scripts.data.class_sampling import class_sampler
from scripts.data.duplicates.shared_images import shared_images
from scripts.data.joined_datalist import common_folder, identities, join_datalists, read_datasets
from scripts.errors import InputError, find_input_error
from scripts.runs.data_record import check_held_out
from tests.configs.test_configs import CONFIGS

FIRST = "phantoms (one/phantoms)"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two data sets of the same source with images of the same names."""
    root = tmp_path_factory.mktemp("several")
    make_phantoms(root / "one" / "phantoms", benign=9, malignant=6, normal=3, size=(120, 140), seed=1)
    make_phantoms(root / "other", benign=6, malignant=3, normal=0, size=(120, 140), seed=2)
    return [str(root / "one" / "phantoms"), str(root / "other")]


@pytest.fixture(scope="module")
def joined(folders, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return join_datalists(folders, num_folds=3, seed=0, split="leak_free")


def test_each_data_set_keeps_its_folds_and_no_name_or_group_is_another_ones(folders, joined):
    names = [entry["image"] for entry in joined["training"]]
    assert len(set(names)) == len(names) == joined["numTraining"] == 27
    assert joined["classes"] == {"benign": 15, "malignant": 9, "normal": 3}
    groups = {dataset: set() for dataset in joined["sources"]}
    for entry in joined["training"]:
        groups[entry["dataset"]].add(entry["group"])
    assert not set.intersection(*groups.values())
    for folder, dataset in zip(folders, joined["sources"]):
        alone = build_datalist(folder, 3, 0, "leak_free")
        own = [entry["fold"] for entry in joined["training"] if entry["dataset"] == dataset]
        assert own == [entry["fold"] for entry in alone["training"]]
    assert joined["name"] == "phantoms + phantoms"
    assert read_datasets(folders)[0] == "BUSI + BUSI"


def test_one_data_set_is_left_out(folders, joined):
    root = common_folder(folders)
    assert {item["dataset"] for item in select(joined, root)} == set(joined["sources"])
    assert {item["dataset"] for item in select(joined, root, without=FIRST)} == {"phantoms (other)"}
    assert {item["dataset"] for item in select(joined, root, only=FIRST)} == {FIRST}
    with pytest.raises(InputError, match=r"--left_out BrEaST: no such data set; there are phantoms \(one/phantoms\)"):
        select(joined, root, without="BrEaST")


def test_data_sets_are_drawn_equally_often(folders, joined):
    items = select(joined, common_folder(folders))
    torch.manual_seed(0)
    drawn = Counter(items[i]["dataset"] for _ in range(100) for i in class_sampler(items))
    assert drawn[FIRST] / drawn.total() == pytest.approx(0.5, abs=0.02)
    # Classes of each, weighted, beside that.
    weights = class_sampler(items, {"normal": 2}).weights.tolist()
    assert {w for w, item in zip(weights, items) if item["class"] == "normal"} == {2 * 27 / 2 / 18}


def test_weights_of_one_data_set_are_not_tested_on_its_images_among_others(folders, joined, tmp_path):
    alone = build_datalist(folders[1], 3, 0, "leak_free")
    seen = alone["training"][4]["image"]
    (tmp_path / "datalist.json").write_text(json.dumps({**alone, "used": {"training": [seen]}}))
    items = select(joined, common_folder(folders))
    with pytest.raises(InputError, match=f"was trained on 1 of the 27 test images, such as 'other/{seen[:6]}"):
        check_held_out(tmp_path / "model.pt", joined, {"test": items})
    assert check_held_out(tmp_path / "model.pt", joined, {"test": [i for i in items if i["dataset"] == FIRST]}) == 0
    used = [item["name"] for item in items]
    (tmp_path / "datalist.json").write_text(json.dumps({**joined, "used": {"training": used}}))
    assert check_held_out(tmp_path / "model.pt", alone, {"test": select(alone, folders[1])}, allowed=True) == 9


def test_an_image_is_told_by_its_data_set_and_name(joined):
    first, second = joined["sources"]
    names = [entry["image"] for entry in joined["training"]]
    assert len(identities(joined, names)) == len(names)


def test_a_file_that_does_not_tell_its_phantoms_is_completed_from_their_folder(folders, tmp_path):
    alone = build_datalist(folders[1], 3, 0, "leak_free")
    assert alone["phantoms"] == {"generator_version": 1, "size": [120, 140], "seed": 2}
    write_datalist({key: value for key, value in alone.items() if key != "phantoms"}, tmp_path / "datalist.json")
    assert load_datalist(folders[1], 3, 0, "leak_free", tmp_path / "datalist.json") == alone


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("brightness", [1.0, 0.8], ids=["the same file", "a darker copy"])
def test_data_sets_that_share_an_image_are_refused(brightness, folders, cache, tmp_path):
    for folder in folders:
        shutil.copytree(folder, tmp_path / "sets" / Path(folder).name)
    one, other = tmp_path / "sets" / "phantoms", tmp_path / "sets" / "other"
    source = next((one / "benign").glob("*(3).png"))
    image = ImageEnhance.Brightness(Image.open(source)).enhance(brightness)
    image.save(other / "benign" / "benign (2).png")
    shutil.copy(source.with_name(f"{source.stem}_mask.png"), other / "benign" / "benign (2)_mask.png")
    with pytest.raises(InputError, match="show the same image .1 such pairs.: remove one of the data sets") as raised:
        join_datalists([one, other], num_folds=3, seed=0, split="leak_free")
    assert str(source.name) in str(raised.value)


def test_the_search_between_collections_is_cached(folders, tmp_path):
    paths = [sorted(Path(folder, "benign").glob("*).png")) for folder in folders]
    assert shared_images(*paths, cache_dir=tmp_path) == []
    (cache,) = tmp_path.glob("*.json")
    assert json.loads(cache.read_text()) == {"shared": []}
    assert shared_images(*paths, cache_dir=tmp_path) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("data", "must be a list of two or more folders"),
        (["."], "must be a list of two or more folders"),
        ([".", "absent"], "--dataset_dir absent: no such folder"),
        ([".", "."], "are the same, or one contains the other"),
        ([".", "tests"], "are the same, or one contains the other"),
    ],
)
def test_folders_that_cannot_be_joined(given, message):
    with pytest.raises(InputError, match=message):
        common_folder(given)


def test_several_folders_need_the_overlay_and_a_name_in_brackets_is_a_list():
    assert read_option("dataset_dir", "['data/a', data/b]") == ["data/a", "data/b"]
    assert read_option("dataset_dir", "2024") == "2024"
    with pytest.raises(InputError, match="several folders need configs/several_datasets.yaml, too"):
        dataset_folder(["data/a", "data/b"])


@pytest.mark.parametrize("left_out", [None, FIRST])
def test_a_training_on_several(folders, left_out, cache, tmp_path):
    files = [
        str(CONFIGS / name) for name in ("train.json", "recipe.yaml", "recipe_alone.yaml", "several_datasets.yaml")
    ]
    parser = ConfigParser(ConfigParser.load_config_files(files))
    given = {"dataset_dir": folders, "left_out": left_out, "output_dir": str(tmp_path), "image_size": 32, "epochs": 1}
    given |= {"num_folds": 3, "batch_size": 4, "amp": False}
    given |= {"network_def": {"_target_": "scripts.networks.StuNet", "features": [4, 8]}}
    for key, value in given.items():
        parser[key] = value
    data = {name: parser.get_parsed_content(name) for name in ("train_data", "val_data", "test_data")}
    other = "phantoms (other)"
    trained, tested = ({item["dataset"] for item in data[name]} for name in ("train_data", "test_data"))
    assert (trained, tested) == (({other}, {FIRST}) if left_out else ({FIRST, other}, {FIRST, other}))
    assert {item["fold"] for item in data["val_data"]} == {1}
    assert {item["fold"] for item in data["train_data"]} == ({0, 2} if left_out else {2})
    assert {item["fold"] for item in data["test_data"]} == ({0, 1, 2} if left_out else {0})
    parser.get_parsed_content("train#trainer").run()
    parser.get_parsed_content("test#evaluator").run()
    masks = {path.relative_to(tmp_path / "predictions").parts[0] for path in (tmp_path / "predictions").rglob("*.png")}
    assert masks == ({"one"} if left_out else {"one", "other"})


def test_a_mistake_is_one_line(folders):
    parser = ConfigParser(
        ConfigParser.load_config_files([str(CONFIGS / "train.json"), str(CONFIGS / "several_datasets.yaml")])
    )
    parser["dataset_dir"] = [folders[0]]
    with pytest.raises(RuntimeError) as raised:
        parser.get_parsed_content("images_dir")
    assert isinstance(find_input_error(raised.value), InputError)
