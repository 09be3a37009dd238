# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Images of one lesion are grouped by coarse texture, and those of BUSI as they were judged by eye."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from scripts.data.datalist import build_datalist
from scripts.data.duplicates import coarse_candidates, same_lesion
from scripts.data.duplicates.coarse_images import CoarseImages
from scripts.data.duplicates.coarse_similarity import SAMPLE, Spectra, typical_similarities
from scripts.data.duplicates.groups import TABLE as FILES
from scripts.data.duplicates.same_lesion import (
    EXCESS,
    EXCESS_OF_NEIGHBOURS,
    TABLE,
    published_groups,
    same_lesion_groups,
    similar_pairs,
)
from tests.paths import BUSI, ROOT

needs_busi = pytest.mark.skipif(not BUSI.is_dir(), reason="BUSI is not in ../shared/data")


def scene(tissue: int, moment: int, shift: tuple[int, int] = (0, 0)) -> np.ndarray:
    """Return tissue with a lesion as a probe sees it at a moment, moved by (down, right): [200, 260] uint8."""
    height, width, room = 200, 260, 40
    rng = np.random.default_rng(tissue)
    size = (height + 2 * room, width + 2 * room)
    noise = rng.normal(size=size).astype(np.float32)
    layers = cv2.GaussianBlur(noise, (0, 0), sigmaX=24, sigmaY=5)
    y, x = np.mgrid[: size[0], : size[1]]
    centre = rng.uniform(0.35, 0.65, 2) * size
    lesion = ((x - centre[1]) / 34) ** 2 + ((y - centre[0]) / 24) ** 2 < 1
    echo = np.where(lesion, 0.25, 1.0) * np.exp(layers / layers.std() * 0.6)
    field = np.random.default_rng(1000 * tissue + moment).normal(size=(2, *size)).astype(np.float32)
    envelope = np.hypot(*(cv2.GaussianBlur(part, (0, 0), sigmaX=1.6, sigmaY=1.1) for part in field)) * echo
    level = 20 * np.log10(envelope + 1e-4)
    seen = level[room + shift[0] : room + shift[0] + height, room + shift[1] : room + shift[1] + width]
    return np.clip(110 + 4 * (seen - np.median(seen)), 0, 255).astype(np.uint8)


def save(folder: Path, pictures: Sequence[np.ndarray]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:02}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures):
        Image.fromarray(picture).save(path)
    return paths


# ---------------------------------------------------------------- similarity


def similarities(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """The similarity of each two pictures."""
    images, every = CoarseImages(pictures), range(len(pictures))
    return np.stack([Spectra(images, [i]).similarities(Spectra(images, every)) for i in every])


def test_a_moment_later_is_more_alike_than_other_tissue() -> None:
    later, moved, other = scene(0, 1), scene(0, 2, (-18, 30)), scene(1, 0)
    found = similarities([scene(0, 0), later, moved, other])
    assert found.shape == (4, 4)
    np.testing.assert_allclose(found, found.T, atol=1e-5)
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-3)
    assert min(found[0, 1], found[0, 2], found[1, 2]) > 0.6
    assert max(found[3, :3]) < 0.45


def test_gain_size_and_annotations_hardly_matter() -> None:
    first, altered = scene(0, 0), scene(0, 1)
    altered = np.clip(altered * 0.6 + 50, 0, 255).astype(np.uint8)
    cv2.putText(altered, "RT UOQ", (20, 180), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
    altered = cv2.resize(altered, None, fx=1.7, fy=1.7, interpolation=cv2.INTER_CUBIC)
    assert similarities([first, altered])[0, 1] > 0.5


def test_black_and_tiny_images_are_like_none() -> None:
    black, tiny = np.zeros((100, 120), np.uint8), np.full((1, 1), 9, np.uint8)
    found = similarities([scene(0, 0), black, black, tiny])
    assert np.isfinite(found).all() and (found[np.triu_indices(4, 1)] < 0.1).all()


class Given(Spectra):
    """Similarities that a test gives."""

    table: np.ndarray

    def __init__(self, images: CoarseImages, places: Sequence[int]) -> None:
        self.places = list(places)

    def similarities(self, others: Given) -> np.ndarray:
        return self.table[self.places[0], others.places]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A table of similarities of 30 images, to change."""
    monkeypatch.setattr(Given, "table", np.full((30, 30), 0.2, np.float32), raising=False)
    monkeypatch.setattr("scripts.data.duplicates.coarse_similarity.Spectra", Given)
    return Given.table


def test_an_image_that_resembles_all_others_is_not_like_one_of_them(given: np.ndarray, tmp_path: Path) -> None:
    given[0] = given[:, 0] = 0.5
    given[3, 14] = given[14, 3] = 0.5
    pairs = similar_pairs(save(tmp_path, [scene(0, 0)] * 30), progress=False)
    assert pairs == [(3, 14, pytest.approx(0.3))]


def test_neighbours_in_a_folder_need_less(given: np.ndarray, tmp_path: Path) -> None:
    middle = 0.2 + (EXCESS + EXCESS_OF_NEIGHBOURS) / 2
    for i, j in ((0, 3), (4, 8), (13, 16), (20, 29)):
        given[i, j] = given[j, i] = middle
    given[20, 29] = given[29, 20] = 0.2 + EXCESS + 0.01
    pictures = [scene(0, 0)] * 15
    paths = [*save(tmp_path / "one", pictures), *save(tmp_path / "two", pictures)]
    assert [pair[:2] for pair in similar_pairs(paths, progress=False)] == [(20, 29), (0, 3)]


def test_of_many_images_a_sample_tells_what_is_typical() -> None:
    pictures = [scene(tissue, 0) for tissue in range(SAMPLE // 2)]
    images = CoarseImages([*pictures, *pictures, *pictures])
    every = similarities(pictures)
    np.fill_diagonal(every, np.nan)
    typical = typical_similarities(images, progress=False)[: len(pictures)]
    assert np.abs(typical - np.nanmedian(every, axis=1)).max() < 0.06


# ---------------------------------------------------------------- candidates


def test_of_many_images_those_of_one_lesion_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """With so few partners that others are left out, and enough patches for an index that searches in lists."""
    monkeypatch.setattr(coarse_candidates, "PARTNERS", 4)
    tissues = 170
    pictures = [scene(tissue, 0) for tissue in range(tissues)]
    pictures += [scene(tissue, 1, (6 - tissue, tissue)) for tissue in range(10)]
    pairs = coarse_candidates.candidate_partners(CoarseImages(pictures), progress=False)
    assert len(pairs) <= 4 * len(pictures) and (pairs[:, 0] < pairs[:, 1]).all()
    assert {(tissue, tissues + tissue) for tissue in range(10)} <= set(map(tuple, pairs.tolist()))


def test_images_without_patches_have_no_partners() -> None:
    black = [np.zeros((100, 120), np.uint8)] * (coarse_candidates.PARTNERS + 2)
    assert len(coarse_candidates.candidate_partners(CoarseImages(black), progress=False)) == 0
    some = CoarseImages([*black, scene(0, 0), scene(0, 1)])
    assert [len(black), len(black) + 1] in coarse_candidates.candidate_partners(some, progress=False).tolist()


# ---------------------------------------------------------------- groups


def test_a_search_groups_one_lesion_and_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [scene(tissue, 0) for tissue in range(20)]
    pictures.insert(5, scene(4, 1, (10, -15)))  # 5, a moment after 4
    pictures.append(scene(2, 1, (-8, 12)))  # 21, of 2, far from it
    paths = save(tmp_path / "images", pictures)
    groups = same_lesion_groups(paths, tmp_path / "cache", progress=False)
    assert groups == [0, 1, 2, 3, 4, 4, *range(5, 20), 2]
    with monkeypatch.context() as patch:
        patch.setattr(same_lesion, "similar_pairs", None)  # calling it would fail
        assert same_lesion_groups(paths, tmp_path / "cache", progress=False) == groups


def test_a_few_images(tmp_path: Path) -> None:
    paths = save(tmp_path, [scene(0, 0), scene(1, 0), scene(0, 1, (5, 5))])
    assert same_lesion_groups(paths, tmp_path / "cache", progress=False) == [0, 1, 0]
    assert same_lesion_groups(paths[:1], tmp_path / "cache", progress=False) == [0]


# ---------------------------------------------------------------- BUSI


def groups_of_files() -> dict[str, int]:
    groups = published_groups()
    with FILES.open(newline="", encoding="utf-8") as lines:
        return {Path(row["file"]).stem: groups[row["content_hash"]] for row in csv.DictReader(lines)}


def table() -> list[dict[str, str]]:
    with TABLE.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_the_published_table_is_sound() -> None:
    counts = Counter((row["verdict"], row["found"]) for row in table())
    assert counts == {
        ("same", "yes"): 29,
        ("same", "no"): 19,
        ("probable", "yes"): 7,
        ("probable", "no"): 19,
        ("unclear", "no"): 24,
        ("other", "yes"): 8,
    }
    groups = groups_of_files()
    assert (len(groups), len(set(groups.values()))) == (780, 525)
    for row in table():
        together = groups[Path(row["first"]).stem] == groups[Path(row["second"]).stem]
        assert together == (row["verdict"] in ("same", "probable")), row
        assert row["found"] == "no" or float(row["excess"]) >= EXCESS_OF_NEIGHBOURS


def test_near_duplicates_stay_in_one_group() -> None:
    groups = published_groups()
    joined = defaultdict(set)
    with FILES.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            joined[row["group"]].add(groups[row["content_hash"]])
    assert len(joined) == 592 and all(len(of_group) == 1 for of_group in joined.values())


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("malignant (4)", "malignant (7)", True),  # a moment later
        ("malignant (139)", "malignant (207)", True),  # far apart in name
        ("benign (403)", "malignant (93)", True),  # across classes
        ("benign (326)", "benign (10)", True),  # by a near-duplicate
        ("normal (9)", "normal (10)", True),
        ("benign (62)", "benign (68)", False),  # two black cysts
        ("malignant (140)", "malignant (205)", False),  # the same words burned in
    ],
)
def test_pairs_judged_by_eye(first: str, second: str, same: bool) -> None:
    groups = groups_of_files()
    assert (groups[first] == groups[second]) == same


@needs_busi
def test_a_search_finds_pairs_of_busi_again() -> None:
    names = [
        f"malignant ({number})" for number in (*range(1, 10), *range(19, 34), 85, 86, 115, 117, 120, 122, 139, 207)
    ]
    paths = [BUSI / name.split()[0] / f"{name}.png" for name in names]
    found = {(names[i], names[j]) for i, j, _ in similar_pairs(paths, progress=False)}
    groups = groups_of_files()
    strict = {
        ("malignant (4)", "malignant (5)"),
        ("malignant (7)", "malignant (8)"),
        ("malignant (7)", "malignant (9)"),
    }
    later = {("malignant (4)", "malignant (7)"), ("malignant (27)", "malignant (28)")}
    later |= {("malignant (85)", "malignant (86)"), ("malignant (120)", "malignant (122)")}
    assert strict | later | {("malignant (115)", "malignant (117)"), ("malignant (139)", "malignant (207)")} <= found
    wrong = [pair for pair in found if groups[pair[0]] != groups[pair[1]]]
    assert len(wrong) <= len(found) / 10, wrong


# ---------------------------------------------------------------- folds


def test_the_split_keeps_one_lesion_in_one_fold(busi: Path, twins: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    twins(lambda image: image.stem.split()[1] if image.stem.startswith("normal") else image)
    monkeypatch.setattr(
        "scripts.data.datalist.same_lesion_groups",
        lambda images: [int(path.stem.split("(")[1][:-1]) // 2 for path in images],
    )
    training = build_datalist(busi, num_folds=4, split="same_lesion")["training"]
    folds = defaultdict(set)
    for entry in training:
        folds[entry["group"]].add(entry["fold"])
    assert len(folds) == 7 and all(len(of_group) == 1 for of_group in folds.values())
    assert len({entry["group"] for entry in build_datalist(busi, num_folds=4)["training"]}) == 24


def published_folds() -> list[dict[str, Any]]:
    """BUSI's entries of the shipped datalist, which has the folds of the published results, as if it were alone."""
    datalist = json.loads((ROOT / "models" / "datalist.json").read_text(encoding="utf-8"))
    prefix = f"{datalist['sources']['BUSI']['folder']}/"
    return [
        {
            **{key: value for key, value in entry.items() if key != "dataset"},
            "image": entry["image"].removeprefix(prefix),
            "label": [label.removeprefix(prefix) for label in entry["label"]],
        }
        for entry in datalist["training"]
        if entry["dataset"] == "BUSI"
    ]


@needs_busi
def test_folds_of_busi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the published results stay; the stricter ones need no search."""
    monkeypatch.setattr(same_lesion, "similar_pairs", None)
    published = published_folds()
    assert build_datalist(BUSI, check=False)["training"] == published
    strict = build_datalist(BUSI, split="same_lesion", check=False)["training"]
    folds = defaultdict(set)
    for entry in strict:
        folds[entry["group"]].add(entry["fold"])
    assert len(folds) == 525 and all(len(of_group) == 1 for of_group in folds.values())
    lesions = Counter(entry["fold"] for entry in strict if entry["class"] != "normal")
    assert max(lesions.values()) - min(lesions.values()) <= 4
    torn = defaultdict(set)
    of_image = {entry["image"]: entry["group"] for entry in strict}
    for entry in published:
        torn[of_image[entry["image"]]].add(entry["fold"])
    assert sum(len(of_group) > 1 for of_group in torn.values()) == 42


def test_the_effect_on_published_results_is_as_the_page_says() -> None:
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    groups, results = groups_of_files(), ROOT / "docs" / "results"
    trained = {
        groups[Path(entry["image"]).stem]
        for entry in published_folds()
        if entry["fold"] in (2, 3, 4) and entry["class"] != "normal"
    }

    def means(*runs: str) -> list[float]:
        """Of the lesion Dice of all images, of those without a partner in training, and of those with one."""
        found = []
        for run in runs:
            with (results / run / "metrics.csv").open(newline="", encoding="utf-8") as lines:
                rows = [row for row in csv.DictReader(lines) if row["class"] != "normal"]
            dice = np.array([float(row["lesion_dice"]) for row in rows])
            partner = np.array([groups[Path(row["image"]).stem] in trained for row in rows])
            assert (len(partner), partner.sum()) == (129, 18)
            found.append([dice.mean(), dice[~partner].mean(), dice[partner].mean()])
        return np.mean(found, axis=0).tolist()

    seeds = [f"cpu/busi/fold0/seed{seed}" for seed in range(3)]
    for name, runs in {
        "the bundle's of version 0.5": ["recommended/busi/fold0/seed0/recommended"],
        "`cpu` preset, student alone, three seeds": [f"{seed}/student" for seed in seeds],
        "`cpu` preset, distilled student, three seeds": [f"{seed}/distilled" for seed in seeds],
        "`cpu` preset, student trained five times as long, three seeds": [f"{seed}/student_long" for seed in seeds],
        "`cpu` preset, benign teacher, three seeds (never saw 11 of the 18 partners)": [
            f"{seed}/benign_teacher" for seed in seeds
        ],
    }.items():
        assert f"| {name} | {' | '.join(f'{mean:.3f}' for mean in means(*runs))} |" in page
