# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The datalist: what it holds, what it refuses, and what is selected from it."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest
from PIL import Image

from scripts.data.datalist import build_datalist, read_datalist, select, write_datalist
from scripts.errors import InputError

Save = Callable[..., Path]


def fails(call: Callable[[], Any], *parts: str) -> None:
    """Assert that `call` ends in one line with all of `parts`."""
    with pytest.raises(InputError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


# ---------------------------------------------------------------- build


def test_form(busi: Path, twins: Callable) -> None:
    datalist = build_datalist(busi, num_folds=4, seed=1)
    training = datalist.pop("training")
    assert datalist == {
        "name": "BUSI",
        "dataset": "data",
        "num_folds": 4,
        "seed": 1,
        "split": "leak_free",
        "numTraining": 24,
        "classes": {"benign": 12, "malignant": 8, "normal": 4},
    }
    assert {key: value for key, value in training[1].items() if key != "fold"} == {
        "image": "benign/benign (2).png",
        "label": ["benign/benign (2)_mask.png", "benign/benign (2)_mask_1.png"],
        "class": "benign",
        "group": 1,
    }
    assert training[-1]["label"] == []
    assert [entry["group"] for entry in training] == list(range(24))
    assert Counter((entry["class"], entry["fold"]) for entry in training) == {
        (name, fold): size for name, size in (("benign", 3), ("malignant", 2), ("normal", 1)) for fold in range(4)
    }


def test_paths_are_relative_to_the_folder_given(
    busi: Path, twins: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert build_datalist(tmp_path / "data")["training"][0]["image"] == "benign/benign (1).png"
    outer = tmp_path / "outer"
    outer.mkdir()
    busi.rename(outer / "Dataset_BUSI_with_GT")
    monkeypatch.chdir(outer)
    datalist = build_datalist(".")
    assert datalist["training"][0]["image"] == "Dataset_BUSI_with_GT/benign/benign (1).png"
    assert datalist["dataset"] == "outer"
    assert build_datalist(outer) == datalist


def test_twins_stay_together_unless_the_split_is_random(busi: Path, twins: Callable) -> None:
    twins(lambda image: image.stem.split()[1])  # benign (1), malignant (1) and normal (1), and so on
    for seed in range(5):
        folds = defaultdict(set)
        for entry in build_datalist(busi, num_folds=4, seed=seed)["training"]:
            folds[entry["group"]].add(entry["fold"])
        assert len(folds) == 12 and all(len(of_group) == 1 for of_group in folds.values())
    folds = defaultdict(set)
    for entry in build_datalist(busi, num_folds=4, split="random")["training"]:
        folds[entry["group"]].add(entry["fold"])
    assert len(folds) == 12 and any(len(of_group) > 1 for of_group in folds.values())


def test_groups_join_twins_and_patients(save: Save, twins: Callable, tmp_path: Path) -> None:
    for name in "abcdef":
        save(f"images/{name}.png")
        save(f"masks/{name}.png", mask=True)
    table = "image,class,patient,spacing\n" + "".join(
        f"{name},benign,{patient},0.1 0.2\n" for name, patient in zip("abcdef", ("", "p", "q", "p", "", "q"))
    )
    (tmp_path / "data/labels.csv").write_text(table)
    twins(lambda image: {"a": 0, "c": 0}.get(image.stem, image.stem))  # a – c by looks, c – f and b – d by patient
    training = build_datalist(tmp_path / "data", num_folds=3)["training"]
    assert [entry["group"] for entry in training] == [0, 1, 0, 1, 2, 0]
    assert [entry.get("patient") for entry in training] == [None, "p", "q", "p", None, "q"]
    assert training[0]["spacing"] == [0.1, 0.2]
    fails(lambda: build_datalist(tmp_path / "data", num_folds=4), "--num_folds 4", "3 groups")


def test_without_folds_as_a_file(busi: Path, twins: Callable, tmp_path: Path) -> None:
    datalist = build_datalist(busi, num_folds=None)
    assert (datalist["num_folds"], {entry["fold"] for entry in datalist["training"]}) == (1, {0})
    write_datalist(datalist, tmp_path / "datalist.json")
    assert read_datalist(tmp_path / "datalist.json") == datalist


def test_same_seed_same_datalist(busi: Path, twins: Callable) -> None:
    assert build_datalist(busi, seed=5) == build_datalist(busi, seed=5) != build_datalist(busi, seed=6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "naive"}, "--split naive: unknown; must be leak_free, same_lesion or random"),
        ({"num_folds": 1}, "--num_folds 1"),
        ({"num_folds": 25}, "--num_folds 25: too many folds for 24 images"),
        ({"seed": -1}, "--seed -1"),
    ],
)
def test_wrong_arguments(busi: Path, twins: Callable, arguments: dict[str, Any], message: str) -> None:
    fails(lambda: build_datalist(busi, **arguments), message)


# ---------------------------------------------------------------- check


@pytest.mark.parametrize("file", ["benign/benign (7).png", "malignant/malignant (3)_mask.png"])
@pytest.mark.parametrize("damage", ["truncated", "text", "empty"])
def test_unreadable_file(busi: Path, twins: Callable, file: str, damage: str) -> None:
    path = busi / file
    # Large enough that half of the file is past the header.
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)).save(path)
    whole = path.read_bytes()
    path.write_bytes({"truncated": whole[: len(whole) // 2], "text": b"no image", "empty": b""}[damage])
    fails(lambda: build_datalist(busi), str(path), "cannot be read as an image")
    build_datalist(busi, check=False)


def test_mask_of_another_size(busi: Path, twins: Callable, save: Save) -> None:
    save("benign/benign (2)_mask_1.png", size=(23, 16))
    fails(lambda: build_datalist(busi), "benign (2)_mask_1.png", "23×16", "24×16")


def test_blank_lesion_mask(busi: Path, twins: Callable, save: Save) -> None:
    save("malignant/malignant (4)_mask.png", blank=True)
    fails(lambda: build_datalist(busi), "malignant (4)_mask.png", "blank", "malignant")


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "LA", "I;16"])
@pytest.mark.parametrize("blank", [False, True])
def test_masks_of_every_mode(save: Save, twins: Callable, tmp_path: Path, mode: str, blank: bool) -> None:
    for name in "ab":
        save(f"images/benign/{name}.png")
        path = save(f"masks/benign/{name}.png", blank=blank, mask=True)
        with Image.open(path) as mask:
            mask.convert(mode).save(path)
    if blank:
        fails(lambda: build_datalist(tmp_path / "data", num_folds=2), "a.png: the mask is empty")
    else:
        build_datalist(tmp_path / "data", num_folds=2)


def test_normal_image_with_a_lesion(save: Save, twins: Callable, tmp_path: Path) -> None:
    for name in "ab":
        save(f"images/normal/{name}.png")
        save(f"masks/normal/{name}.png", mask=True, blank=name == "a")
    fails(lambda: build_datalist(tmp_path / "data", num_folds=2), "b.png", "marks a lesion", "normal")


# ---------------------------------------------------------------- write and read


def test_round_trip(busi: Path, twins: Callable, tmp_path: Path) -> None:
    datalist = build_datalist(busi)
    path = tmp_path / "new/folder/datalist.json"
    write_datalist(datalist, path)
    assert read_datalist(path) == datalist
    assert path.read_text(encoding="utf-8").startswith('{\n    "name": "BUSI",\n')
    assert [file.name for file in path.parent.iterdir()] == ["datalist.json"]


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "datalist.json"
    path.write_text("old")
    with pytest.raises(TypeError):
        write_datalist({"training": [object()]}, path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["datalist.json"]


def test_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    fails(lambda: write_datalist({}, tmp_path / "file/datalist.json"), "datalist.json: cannot be written")


ENTRY = {"image": "a.png", "label": ["a_mask.png"], "class": "benign", "fold": 0, "group": 0}


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("{", ("cannot be read as JSON",)),
        ([], ("not a datalist",)),
        ({"num_folds": 5}, ("not a datalist", '"training"')),
        ({"training": []}, ("missing name, num_folds, seed, split", "create a datalist with")),
        ({"training": [ENTRY], "split": "leaky"}, ('"split" one of leak_free, same_lesion, random',)),
        ({"training": [ENTRY], "name": 3}, ('"name" must be a text',)),
        ({"training": [ENTRY], "sources": []}, ('"sources" must be an object',)),
        ({"training": [ENTRY], "num_folds": True}, ('"num_folds" is True',)),
        ({"training": [ENTRY], "num_folds": 10**9}, ('"num_folds" is 1000000000', "from 1 to 1000")),
        ({"training": [ENTRY | {"image": "../a.png"}]}, ("'../a.png' is not a path", "inside it")),
        ({"training": [ENTRY | {"label": ["masks/../../a.png"]}]}, ("is not a path", "inside it")),
        ({"training": [ENTRY | {"image": "x\\..\\..\\a.png"}]}, ("is not a path", "inside it")),
        ({"training": [7]}, ("training[0]", "must be an object, not 7")),
        ({"training": [{"image": "a.png", "label": []}]}, ("training[0]", "missing class, fold, group")),
        ({"training": [ENTRY, ENTRY]}, ("training[1]", "'a.png' is listed twice")),
        ({"training": [ENTRY | {"label": "a_mask.png"}]}, ('"label" is', "a list of masks")),
        ({"training": [ENTRY | {"image": "/a.png"}]}, ("'/a.png' is not a path relative",)),
        ({"training": [ENTRY | {"label": [3]}]}, ("3 is not a path relative",)),
        ({"training": [ENTRY | {"class": "cyst"}]}, ("\"class\" is 'cyst'",)),
        ({"training": [ENTRY | {"class": ["benign"]}]}, ("\"class\" is ['benign']",)),
        ({"training": [ENTRY | {"fold": 5}]}, ('"fold" is 5', "5 folds, 0 to 4")),
        ({"training": [ENTRY | {"fold": "0"}]}, ("\"fold\" is '0'",)),
        ({"training": [ENTRY | {"group": -1}]}, ('"group" is -1',)),
        ({"training": [ENTRY | {"spacing": [0.1]}]}, ('"spacing" is [0.1]',)),
        ({"training": [ENTRY | {"spacing": [0.1, 0]}]}, ('"spacing" is [0.1, 0]',)),
    ],
)
def test_malformed_file(tmp_path: Path, content: Any, parts: tuple[str, ...]) -> None:
    path = tmp_path / "datalist.json"
    if isinstance(content, dict) and content.get("training"):
        content = {"name": "x", "split": "random", "seed": 0, "num_folds": 5, **content}
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    fails(lambda: read_datalist(path), str(path), *parts)


def test_missing_file(tmp_path: Path) -> None:
    fails(lambda: read_datalist(tmp_path / "datalist.json"), "datalist.json: no such file")


# ---------------------------------------------------------------- select


def test_select_everything(busi: Path, twins: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    datalist = build_datalist(busi)
    monkeypatch.chdir(busi.parent)
    items = select(datalist, "data")
    assert len(items) == 24
    assert items[1] == datalist["training"][1] | {
        "image": str(busi / "benign/benign (2).png"),
        "label": [str(busi / "benign/benign (2)_mask.png"), str(busi / "benign/benign (2)_mask_1.png")],
        "name": "benign/benign (2).png",
        "spacing": ANY,
    }
    assert all(math.isnan(size) for size in items[1]["spacing"])
    assert datalist["training"][1]["image"] == "benign/benign (2).png"


def test_select_folds_and_classes(busi: Path, twins: Callable) -> None:
    datalist = build_datalist(busi, num_folds=4)
    items = select(datalist, busi, folds=[0, 3], classes=["benign", "normal"])
    assert Counter((item["class"], item["fold"]) for item in items) == {
        ("benign", 0): 3,
        ("benign", 3): 3,
        ("normal", 0): 1,
        ("normal", 3): 1,
    }
    parts = [select(datalist, busi, folds=[fold]) for fold in range(4)]
    assert sorted(item["name"] for part in parts for item in part) == sorted(
        entry["image"] for entry in datalist["training"]
    )


@pytest.mark.parametrize(
    ("folds", "classes", "parts"),
    [
        ([0, 7], None, ("--fold 7: the datalist has 5 folds, 0 to 4",)),
        ([-1], None, ("--fold -1: the datalist has 5 folds",)),
        (None, ["cyst"], ("--classes cyst: unknown class", "benign, malignant, normal, unknown")),
        (None, ["unknown"], ("--classes unknown: no such images", "12 benign, 8 malignant, 4 normal")),
        ([], None, ("--num_folds 5: too few",)),
        ([1], [], ("classes none in folds 1",)),
    ],
)
def test_select_errors(
    busi: Path, twins: Callable, folds: list[int] | None, classes: list[str] | None, parts: tuple[str, ...]
) -> None:
    datalist = build_datalist(busi)
    fails(lambda: select(datalist, busi, folds, classes), *parts)


def test_select_nothing_in_common(busi: Path, twins: Callable) -> None:
    datalist = build_datalist(busi)  # four normal images in five folds
    without = ({0, 1, 2, 3, 4} - {entry["fold"] for entry in datalist["training"] if entry["class"] == "normal"}).pop()
    message = f"no images of classes normal in folds {without}; these folds have"
    fails(lambda: select(datalist, busi, [without], ["normal"]), message, "benign", "malignant")


def test_select_from_another_folder(busi: Path, twins: Callable, tmp_path: Path) -> None:
    datalist = build_datalist(busi)
    fails(lambda: select(datalist, tmp_path), str(tmp_path / "benign/benign (1).png"), "--dataset_dir")


# ---------------------------------------------------------------- published data


def test_published_busi(real_data: Path) -> None:
    datalist = build_datalist(real_data / "busi")
    assert datalist["classes"] == {"benign": 437, "malignant": 210, "normal": 133}
    folds = defaultdict(set)
    for entry in datalist["training"]:
        folds[entry["group"]].add(entry["fold"])
    assert all(len(of_group) == 1 for of_group in folds.values())
    groups = {Path(entry["image"]).stem: entry["group"] for entry in datalist["training"]}
    assert groups["benign (433)"] == groups["malignant (145)"]
    for fold in range(5):
        items = select(datalist, real_data / "busi", folds=[fold])
        assert 154 <= len(items) <= 158
        counts = Counter(item["class"] for item in items)
        for name, total in datalist["classes"].items():
            assert abs(counts[name] / len(items) - total / 780) <= 0.03


def test_published_breast(real_data: Path, twins: Callable) -> None:  # `twins` spares the search, which takes minutes
    datalist = build_datalist(real_data / "breast")
    assert datalist["classes"] == {"benign": 154, "malignant": 98, "normal": 4}
    assert datalist["training"][0] | {"fold": 0} == {
        "image": "BrEaST-Lesions_USG-images_and_masks/case001.png",
        "label": ["BrEaST-Lesions_USG-images_and_masks/case001_tumor.png"],
        "class": "benign",
        "fold": 0,
        "group": 0,
        "patient": "1",
        "spacing": [0.078125, 0.078125],
    }


def test_pixels_that_are_not_finite_are_named(busi: Path) -> None:
    pixels = np.random.default_rng(0).random((16, 24), np.float32)
    pixels[3, 4] = np.nan
    (busi / "benign" / "benign (3).png").unlink()
    Image.fromarray(pixels).save(busi / "benign" / "benign (3).tif")
    fails(lambda: build_datalist(busi, num_folds=2), "benign (3).tif: ", "not finite (NaN or infinity)")


def test_a_name_that_is_no_utf8(busi: Path, tmp_path: Path) -> None:
    """As some cameras and archives write them; it comes back from the file."""
    for name in ("benign (3).png", "benign (3)_mask.png"):
        (busi / "benign" / name).rename(busi / "benign" / name.replace("3", "3\udcff"))
    datalist = build_datalist(busi, num_folds=2)
    write_datalist(datalist, tmp_path / "datalist.json")
    read = read_datalist(tmp_path / "datalist.json")
    (image,) = [item["image"] for item in select(read, busi) if "\udcff" in item["image"]]
    assert Path(image).is_file()
