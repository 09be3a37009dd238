# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The sample data: what it holds, that it repeats, and that it is neither trivial nor unlike breast lesions."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.data.phantoms.dataset import KINDS, make_phantoms, render_phantom
from scripts.data.phantoms.physics import Scanner, Tissue, acquire
from scripts.errors import InputError

SIZE = (160, 192)


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.png"))
    }


def _surround(mask: np.ndarray, steps: int = 8) -> np.ndarray:
    """The pixels within `steps` (in city blocks) outside the mask."""
    grown = mask.copy()
    for _ in range(steps):
        wide = np.pad(grown, 1)
        grown = grown | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
    return grown & ~mask


def _complexity(mask: np.ndarray) -> float:
    """Squared perimeter over area, the perimeter counted in pixel edges."""
    wide = np.pad(mask, 1).astype(int)
    return float((np.abs(np.diff(wide, axis=0)).sum() + np.abs(np.diff(wide, axis=1)).sum()) ** 2 / mask.sum())


def _dice(first: np.ndarray, second: np.ndarray) -> float:
    return float(2.0 * (first & second).sum() / (first.sum() + second.sum()))


@pytest.fixture(scope="module")
def phantoms() -> dict[str, list[tuple[np.ndarray, list[np.ndarray]]]]:
    return {
        kind: [render_phantom(kind, SIZE, np.random.default_rng([7, number, k])) for k in range(count)]
        for number, (kind, count) in enumerate(zip(KINDS, (20, 20, 3), strict=True))
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_phantoms(tmp_path_factory.mktemp("phantoms") / "busi", benign=12, malignant=4, normal=2, size=(80, 96))


def test_folder_is_shaped_as_busi(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["benign", "malignant", "normal", "phantoms.json"]
    for kind, count in (("benign", 12), ("malignant", 4), ("normal", 2)):
        names = {path.name for path in (folder / kind).iterdir()}
        expected = {f"{kind} ({k}){end}.png" for k in range(1, count + 1) for end in ("", "_mask")}
        assert expected <= names
        assert all(kind == "benign" and name.endswith("_mask_1.png") for name in names - expected)
    assert not list(folder.parent.glob("*.partial")) and not list(folder.parent.glob(".*"))


def test_files_are_grey_and_masks_binary(folder: Path) -> None:
    for path in folder.rglob("*.png"):
        with Image.open(path) as picture:
            assert picture.mode == "L" and picture.size == (96, 80), path
            values = set(np.unique(np.asarray(picture)).tolist())
        if "_mask" in path.name:
            assert values == ({0} if path.parent.name == "normal" else {0, 255}), path
        else:
            assert len(values) > 60, path


def test_a_second_lesion_goes_into_a_second_mask(tmp_path: Path) -> None:
    made = make_phantoms(tmp_path / "two", benign=30, malignant=0, normal=0, size=(64, 80))
    seconds = list((made / "benign").glob("*_mask_1.png"))
    assert 1 <= len(seconds) <= 9
    for second in seconds:
        first = second.with_name(second.name.replace("_mask_1", "_mask"))
        assert not np.any(np.asarray(Image.open(first)) & np.asarray(Image.open(second)))


def test_lesion_areas_are_within_bounds(phantoms: dict) -> None:
    assert all(masks == [] for _, masks in phantoms["normal"])
    areas = [mask.mean() for kind in KINDS[:2] for _, masks in phantoms[kind] for mask in masks]
    assert min(areas) >= 0.02 and max(areas) <= 0.25
    assert max(areas) > 3 * min(areas)  # lesions of many sizes


@pytest.mark.parametrize("size", [(64, 64), (64, 160), (160, 64), (150, 201), (256, 320)])
def test_other_sizes(size: tuple[int, int]) -> None:
    for kind in KINDS:
        image, masks = render_phantom(kind, size, np.random.default_rng(3))
        assert image.shape == size and image.dtype == np.uint8
        assert all(mask.shape == size and mask.dtype == bool and 0.02 <= mask.mean() <= 0.25 for mask in masks)


def test_same_seed_same_bytes_other_seed_others(folder: Path, tmp_path: Path) -> None:
    counts = {"benign": 12, "malignant": 4, "normal": 2, "size": (80, 96)}
    assert _digests(make_phantoms(tmp_path / "again", **counts)) == _digests(folder)
    other = _digests(make_phantoms(tmp_path / "other", **counts, seed=1))
    images = [name for name in other if "_mask" not in name]
    assert len(images) == 18 and all(other[name] != _digests(folder)[name] for name in images)


def test_asking_for_more_keeps_the_earlier_ones(folder: Path, tmp_path: Path) -> None:
    more = _digests(make_phantoms(tmp_path / "more", benign=14, malignant=5, normal=3, size=(80, 96)))
    assert _digests(folder).items() <= more.items()
    assert len(more) > len(_digests(folder))


def test_the_same_phantoms_are_reused(tmp_path: Path) -> None:
    arguments = {"benign": 1, "malignant": 1, "normal": 1, "size": (64, 64)}
    (tmp_path / "here").mkdir()  # an empty folder is as good as none
    made = make_phantoms(tmp_path / "here", **arguments)
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    assert make_phantoms(str(tmp_path / "here"), **arguments) == made
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


def test_a_folder_of_anything_else_is_refused(tmp_path: Path) -> None:
    arguments = {"benign": 1, "malignant": 1, "normal": 1, "size": (64, 64)}
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="foreign.*other files than phantoms"):
        make_phantoms(foreign, **arguments)
    assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]
    with pytest.raises(InputError, match="thesis.txt"):
        make_phantoms(foreign / "thesis.txt", **arguments)

    made = make_phantoms(tmp_path / "made", **arguments)
    with pytest.raises(InputError, match="other parameters"):
        make_phantoms(made, **{**arguments, "seed": 5})
    (made / "benign" / "benign (1)_mask.png").unlink()
    with pytest.raises(InputError, match="phantoms are missing"):
        make_phantoms(made, **arguments)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["foreign", "made"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("stopped")

    monkeypatch.setattr("scripts.data.phantoms.dataset._write_case", fail)
    with pytest.raises(RuntimeError, match="stopped"):
        make_phantoms(tmp_path / "half", benign=1, malignant=0, normal=0)
    assert list(tmp_path.iterdir()) == []


def test_malignant_borders_are_rougher_than_benign_ones(phantoms: dict) -> None:
    rough = {kind: [_complexity(mask) for _, masks in phantoms[kind] for mask in masks] for kind in KINDS[:2]}
    assert np.mean(rough["malignant"]) > 1.25 * np.mean(rough["benign"])
    assert np.percentile(rough["malignant"], 10) > np.percentile(rough["benign"], 90)


def test_benign_lesions_lie_flat_and_malignant_ones_often_stand(phantoms: dict) -> None:
    def aspect(mask: np.ndarray) -> float:
        return float(np.ptp(np.flatnonzero(mask.any(axis=0))) / np.ptp(np.flatnonzero(mask.any(axis=1))))

    wide = {kind: np.array([aspect(mask) for _, masks in phantoms[kind] for mask in masks]) for kind in KINDS[:2]}
    assert np.mean(wide["benign"] > 1.0) > 0.9
    assert np.mean(wide["malignant"] < 1.0) > 0.3


def test_lesions_are_darker_than_their_surroundings(phantoms: dict) -> None:
    contrast = [
        image[_surround(mask)].mean() - image[mask].mean()
        for kind in KINDS[:2]
        for image, masks in phantoms[kind]
        for mask in masks
    ]
    assert np.mean(contrast) > 25.0
    assert np.mean(np.array(contrast) > 0.0) > 0.9


def test_no_threshold_segments_them(phantoms: dict) -> None:
    cases = [(image, np.any(masks, axis=0)) for kind in KINDS[:2] for image, masks in phantoms[kind]]
    scores = np.array([[_dice(image <= level, mask) for level in range(8, 160, 8)] for image, mask in cases])
    assert scores.mean(axis=0).max() < 0.6  # the best threshold for all
    assert scores.max(axis=1).mean() < 0.6  # even the best for each, chosen with the answer at hand


def test_speckle_is_fully_developed_before_compounding() -> None:
    flat = Tissue(np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE))
    grey = {}
    for looks in (1, 6):
        scanner = Scanner(0.6, 60.0, looks, 0.6, (0.9, 1.8), -80.0, np.zeros((SIZE[0], 1)))
        grey[looks] = acquire(flat, scanner, np.random.default_rng(0)) / 255.0
    amplitude = 10.0 ** ((grey[1] - 0.6) * 60.0 / 20.0)
    # A Rayleigh amplitude has a mean of 1.91 deviations.
    assert amplitude[10:-10].mean() / amplitude[10:-10].std() == pytest.approx(1.91, abs=0.1)
    assert grey[6].std() < 0.6 * grey[1].std()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"benign": -1}, "benign -1"),
        ({"malignant": 2.5}, "malignant 2.5"),
        ({"normal": -3}, "normal -3"),
        ({"benign": 0, "malignant": 0, "normal": 0}, "benign 0, malignant 0, normal 0"),
        ({"size": (63, 192)}, r"size \(63, 192\)"),
        ({"size": (160,)}, r"size \(160,\)"),
        ({"size": 160}, "size 160"),
        ({"seed": -1}, "seed -1"),
    ],
)
def test_bad_arguments_are_named(arguments: dict, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=told):
        make_phantoms(tmp_path / "none", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(InputError, match="kind 'unknown'"):
        render_phantom("unknown", SIZE, np.random.default_rng(0))
