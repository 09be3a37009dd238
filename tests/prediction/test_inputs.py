# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which files a user means by a file, a folder, a pattern or a list."""

from __future__ import annotations

import os

import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.prediction.inputs import find_inputs
from scripts.prediction.journal import FILE


def picture(path, kind="PNG"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (8, 8)).save(path, format=kind)
    return path


@pytest.fixture
def data(tmp_path):
    """A folder as users have: images at several depths, masks beside them, other files."""
    root = tmp_path / "data"
    for name in ("a (10).png", "a (2).png", "a (2)_mask.png", "a (2)_mask_1.png", "b.JPG", "day 1/1.2.840.5", "day 1/c",
                 "day 1/scan.v2.png", "day 1/scan.v2_mask.png", "day 1/deep/e.tif", "day 1/deep/e_tumor.tif",
                 "day 2.png/f.bmp", ".hidden.png", ".cache/g.png"):  # fmt: skip
        picture(root / name)
    (root / "notes.txt").write_text("BMI 24")
    (root / "BM notes").write_text("BM is body mass, and this is a text that is longer than a header")
    (root / "Thumbs.db").write_bytes(b"\0" * 600)
    return root


def names(found):
    return [path.relative_to(found.root).as_posix() for path in found.files]


ALL = ["a (2).png", "a (10).png", "b.JPG", "day 1/1.2.840.5", "day 1/c", "day 1/scan.v2.png", "day 1/deep/e.tif",
       "day 2.png/f.bmp"]  # fmt: skip


def test_a_folder_with_all_below_it(data, tmp_path):
    found = find_inputs([str(data)], tmp_path / "out")
    assert (names(found), found.root, found.unreadable) == (ALL, data, {})
    assert found.passed_over() == {
        "a (2)_mask.png": "mask of an image",
        "a (2)_mask_1.png": "mask of an image",
        "day 1/scan.v2_mask.png": "mask of an image",
        "day 1/deep/e_tumor.tif": "mask of an image",
        "notes.txt": "not an image",
        "BM notes": "not an image",
        "Thumbs.db": "not an image",
    }


def test_a_file_even_if_it_is_called_a_mask(data, tmp_path):
    found = find_inputs([str(data / "a (2)_mask.png")], tmp_path / "out")
    assert (names(found), found.root) == (["a (2)_mask.png"], data)


def test_a_mask_by_name_whose_image_is_not_there(data, tmp_path):
    for name in ("left_tumor.png", "day 1/deep/cyst_mask.tif", "elsewhere/scan.v2_mask_1.png"):
        picture(data / name)
    found = find_inputs([str(data)], tmp_path / "out")
    assert names(found) == ALL and len(found.skipped) == 8
    unclear = [name for name, reason in found.passed_over().items() if reason == "named like a mask, but has no image"]
    assert unclear == ["left_tumor.png", "day 1/deep/cyst_mask.tif"]
    assert found.masks_without_image == [data / "left_tumor.png", data / "day 1/deep/cyst_mask.tif"]
    assert names(find_inputs([str(data / "*.png")], tmp_path / "out")) == ["a (2).png", "a (10).png", "left_tumor.png"]
    with pytest.raises(
        InputError, match="no ultrasound images found.*if '.*cyst_mask.png' is an image and not a mask, rename it"
    ):
        find_inputs([str(picture(tmp_path / "only" / "cyst_mask.png").parent)], tmp_path / "out")


@pytest.mark.parametrize(
    ("images", "masks"),
    [("images/a.png", "masks/a.png"), ("Images/bus_1.png", "Masks/mask_1.png"), ("original/1.png", "GT/deep/1.png")],
)
def test_a_folder_of_masks_beside_one_of_images(tmp_path, images, masks):
    folder = tmp_path / "data"
    image, mask = picture(folder / images), picture(folder / masks)
    found = find_inputs([folder], tmp_path / "out")
    assert (found.files, found.skipped) == ([image], {mask: "in a folder of masks"})
    assert find_inputs([mask], tmp_path / "out").files == [mask]
    image.unlink()
    image.parent.rmdir()
    assert find_inputs([folder], tmp_path / "out").files == [mask]  # which may be images as well


def test_several_and_none_twice(data, tmp_path):
    words = [str(data / "day 1"), str(data / "day 1" / "c"), str(data / "b.JPG"), str(data / "day 1" / ".." / "b.JPG")]
    found = find_inputs(words, tmp_path / "out")
    assert names(found) == ["day 1/1.2.840.5", "day 1/c", "day 1/scan.v2.png", "day 1/deep/e.tif", "b.JPG"]
    assert found.root == data


def test_a_relative_path(data, tmp_path, monkeypatch):
    monkeypatch.chdir(data / "day 1")
    found = find_inputs(["c", "../b.JPG"], tmp_path / "out")
    assert (names(found), found.root) == (["day 1/c", "b.JPG"], data)
    monkeypatch.chdir(data / "day 2.png")
    assert names(find_inputs(["."], tmp_path / "out")) == ["f.bmp"]


@pytest.mark.parametrize(
    "pattern, expected",
    [
        ("a*.png", ["a (2).png", "a (10).png"]),
        ("*/*.png", ["scan.v2.png"]),
        ("**/*.tif", ["e.tif"]),
        ("day ?/c", ["c"]),
        ("*.[jJ]PG", ["b.JPG"]),
    ],
)
def test_a_pattern(data, tmp_path, pattern, expected):
    assert [path.name for path in find_inputs([str(data / pattern)], tmp_path / "out").files] == expected


def test_a_name_with_the_characters_of_patterns(data, tmp_path):
    picture(data / "x[1]*.png")
    assert names(find_inputs([str(data / "x[1]*.png")], tmp_path / "out")) == ["x[1]*.png"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list(data, tmp_path, encoding, end):
    odd = picture(data / "ünï\u2028code.png")
    lines = ["# what to do", "", f"../data/{odd.name}", "  ../data/b.JPG  ", str(data / "day 1"), "../data/absent.png"]
    path = tmp_path / "lists" / "today.txt"
    path.parent.mkdir()
    path.write_text(end.join(lines[1:] + lines[:1]), encoding=encoding, newline="")
    found = find_inputs([str(path)], tmp_path / "out")
    assert names(found) == [odd.name, "b.JPG", *(name for name in ALL if name.startswith("day 1")), "absent.png"]


def test_a_list_with_names_that_are_no_text(tmp_path):
    name = os.fsdecode(b"scan\xff.png")
    picture(tmp_path / name)
    (tmp_path / "list.txt").write_bytes(b"scan\xff.png\n")
    assert find_inputs([str(tmp_path / "list.txt")], tmp_path / "out").files == [tmp_path / name]


def test_results_are_no_inputs(data, tmp_path):
    for folder in (data / "out", data / "older results"):
        picture(folder / "b_overlay.jpg")
        (folder / FILE).touch()
    assert names(find_inputs([str(data)], data / "out")) == ALL


def test_links_are_followed_and_no_folder_twice(data, tmp_path):
    (data / "day 1" / "up").symlink_to(data)
    (data / "day 1" / "loop").symlink_to("loop")
    (tmp_path / "elsewhere").mkdir()
    picture(tmp_path / "elsewhere" / "h.png")
    (data / "linked").symlink_to(tmp_path / "elsewhere")
    assert sorted(names(find_inputs([str(data)], tmp_path / "out"))) == sorted([*ALL, "linked/h.png"])


@pytest.mark.parametrize(
    "word, message",
    [
        ("absent", "INPUT .*absent: no such file or folder"),
        ("absent*.png", r"INPUT .*absent\*.png: no file matches"),
        ("a\0b", "no such file or folder"),
        ("x" * 300, "no such file or folder"),
        ("empty", "INPUT .*empty: no ultrasound images found"),
        ("texts", "no ultrasound images found .*; 1 other files were skipped"),
        ("empty.txt", "INPUT .*empty.txt: the list is empty"),
        ("out", "--output_dir .*out: is one of the inputs; choose another folder"),
    ],
)
def test_nothing_to_segment(tmp_path, word, message):
    for name in ("empty", "texts", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "texts" / "a.md").write_text("text")
    (tmp_path / "empty.txt").write_text("\n# nothing\n")
    with pytest.raises(InputError, match=message):
        find_inputs([str(tmp_path / word)], tmp_path / "out")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_told_and_the_rest_found(data, tmp_path):
    (data / "day 1").chmod(0o000)
    (data / "day 2.png").chmod(0o400)  # its names can be read, but not what they are
    try:
        found = find_inputs([str(data)], tmp_path / "out")
    finally:
        (data / "day 1").chmod(0o700)
        (data / "day 2.png").chmod(0o700)
    assert list(found.unreadable) == [data / "day 1"]
    assert names(found) == ["a (2).png", "a (10).png", "b.JPG", "day 2.png/f.bmp"]
