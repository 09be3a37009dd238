# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Near-identical images are grouped by their speckle, and by nothing else."""

from __future__ import annotations

import csv
import sys
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from scripts.data.duplicates import groups as near_duplicates
from scripts.data.duplicates.alignment import LocalFeatures
from scripts.data.duplicates.candidates import candidate_pairs, candidate_pairs_between
from scripts.data.duplicates.feature_file import FeatureFile
from scripts.data.duplicates.groups import TABLE, TABLES, near_duplicate_groups, published_groups
from scripts.data.duplicates.groups_table import write_groups_table
from scripts.data.duplicates.image_content import content_hash
from scripts.data.duplicates.nearest_index import FEW, build_index
from scripts.data.sources import read_dataset
from scripts.errors import InputError
from tests.paths import BUSI

needs_busi = pytest.mark.skipif(not BUSI.is_dir(), reason="BUSI is not in ../shared/data")

# Compared by eye. First all pairs across classes, then scales, crops, annotations and neighbouring frames.
CROSS_CLASS = [
    ("benign (433)", "malignant (145)"),
    ("benign (406)", "malignant (94)"),
    ("benign (399)", "malignant (93)"),
    ("benign (333)", "malignant (77)"),
    ("benign (333)", "malignant (78)"),
    ("benign (85)", "malignant (52)"),
    ("benign (164)", "malignant (52)"),
    ("benign (42)", "malignant (51)"),
    ("benign (131)", "malignant (51)"),
    ("benign (269)", "normal (1)"),
    ("benign (437)", "normal (34)"),
]
SAME_CLASS = [
    ("normal (50)", "normal (53)"),  # half the size
    ("normal (48)", "normal (56)"),  # half the size
    ("benign (229)", "benign (259)"),
    ("benign (205)", "benign (262)"),
    ("benign (221)", "benign (246)"),
    ("malignant (96)", "malignant (97)"),
    ("malignant (98)", "malignant (99)"),
    ("malignant (4)", "malignant (5)"),  # neighbouring frames
    ("malignant (7)", "malignant (8)"),
    ("benign (116)", "benign (119)"),
    ("normal (129)", "normal (35)"),
    ("normal (130)", "normal (26)"),
]
# The same text on different tissue, or the same lesion from further on.
APART = [
    ("benign (397)", "benign (401)"),
    ("benign (257)", "malignant (12)"),
    ("benign (3)", "normal (121)"),
    ("malignant (4)", "malignant (7)"),
    ("malignant (4)", "malignant (6)"),
    ("malignant (27)", "malignant (28)"),
    ("normal (9)", "normal (10)"),
]


def speckle(seed: int, height: int = 320, width: int = 400) -> np.ndarray:
    """Return log-compressed speckle over layers and a dark oval: [height, width] uint8."""
    rng = np.random.default_rng(seed)
    field = rng.normal(size=(2, height, width)).astype(np.float32)
    envelope = np.hypot(*(cv2.GaussianBlur(part, (0, 0), sigmaX=2.0, sigmaY=1.3) for part in field))
    layers = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), sigmaX=40, sigmaY=6)
    level = 20 * np.log10(envelope + 1e-3) + 60 * layers / np.abs(layers).max() * 0.3
    y, x = np.mgrid[:height, :width]
    oval = ((x - rng.uniform(150, 250)) / 60) ** 2 + ((y - rng.uniform(120, 200)) / 40) ** 2 < 1
    return np.clip(160 + 3.5 * (level - np.median(level)) - 60 * oval, 0, 255).astype(np.uint8)


def annotate(grey: np.ndarray) -> np.ndarray:
    """Return a copy with a burned-in logo, text, calipers and a scale bar."""
    grey = grey.copy()
    cv2.rectangle(grey, (8, 8), (60, 34), 255, 2)
    cv2.putText(grey, "US", (14, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
    cv2.putText(grey, "RT BREAST 10:00", (20, grey.shape[0] - 16), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    for x, y in ((150, 160), (250, 170)):
        cv2.drawMarker(grey, (x, y), 255, cv2.MARKER_CROSS, 14, 2)
    cv2.line(grey, (150, 160), (250, 170), 230, 1)
    for y in range(20, grey.shape[0] - 20, 20):
        cv2.line(grey, (grey.shape[1] - 12, y), (grey.shape[1] - 4, y), 255, 1)
    return grey


def save(path: Path, grey: np.ndarray, **options: int) -> Path:
    """Save `grey` and return its path."""
    Image.fromarray(grey).save(path, **options)
    return path


def group_of(files: dict[str, int], name: str) -> int:
    """Return the group of ``benign (1)``."""
    return files[f"{name.split()[0]}/{name}.png"]


@pytest.fixture(scope="module")
def published() -> dict[str, int]:
    """Return the group of each file of the published table."""
    with TABLE.open(newline="", encoding="utf-8") as lines:
        return {row["file"]: int(row["group"]) for row in csv.DictReader(lines)}


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a search an error."""

    def search(*_: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr(near_duplicates, "search", search)


def variants(grey: np.ndarray) -> dict[str, np.ndarray]:
    """Return near-identical copies of `grey`."""
    height, width = grey.shape
    shrunk = cv2.resize(grey, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    return {
        "crop": grey[30 : height - 20, 50 : width - 10],
        "shrunk": shrunk,
        "stretched": cv2.resize(grey, (256, 256), interpolation=cv2.INTER_AREA),
        "flipped": grey[:, ::-1],
        "bright": np.clip(grey * 0.7 + 60, 0, 255).astype(np.uint8),
        "annotated": annotate(grey),
        "flipped crop": shrunk[10:200, 20:][:, ::-1],
    }


def test_altered_copies_share_a_group_and_other_speckle_does_not(tmp_path: Path) -> None:
    first = speckle(0)
    paths = [save(tmp_path / "first.png", first), save(tmp_path / "resaved.jpg", first, quality=75)]
    paths += [save(tmp_path / f"{name}.png", np.ascontiguousarray(grey)) for name, grey in variants(first).items()]
    paths += [save(tmp_path / f"other{seed}.png", annotate(speckle(seed))) for seed in (1, 2)]
    groups = near_duplicate_groups(paths, tmp_path / "cache", progress=False)
    assert dict(zip((path.name for path in paths), groups)) == {
        **{path.name: 0 for path in paths[:-2]},
        "other1.png": 1,
        "other2.png": 2,
    }


def test_candidates_of_a_larger_collection(tmp_path: Path) -> None:
    """With a background to vote against: the same furniture on every image, three of them copied."""
    paths = [save(tmp_path / f"{seed:02}.png", annotate(speckle(seed))) for seed in range(20)]
    paths.append(save(tmp_path / "crop.png", annotate(speckle(3))[40:, 60:]))
    paths.append(save(tmp_path / "flip.png", np.ascontiguousarray(annotate(speckle(5))[:, ::-1])))
    paths.append(save(tmp_path / "scaled.png", cv2.resize(annotate(speckle(7)), None, fx=0.8, fy=0.8)))
    groups = near_duplicate_groups(paths, tmp_path / "cache", progress=False)
    assert groups == [*range(20), 3, 5, 7]


def random_features(rng: np.random.Generator, furniture: np.ndarray) -> LocalFeatures:
    """Return 100 features of an image, the first of them those of burned-in text."""
    descriptors = np.concatenate([furniture, rng.integers(0, 256, (100 - len(furniture), 128), np.uint8)])
    return LocalFeatures(rng.uniform(0, 400, (100, 2)).astype(np.float32), descriptors, 400)


def copied(features: LocalFeatures, rng: np.random.Generator) -> LocalFeatures:
    """Return the features of a copy with noise, without the text and other features, in another order."""
    kept = rng.permutation(np.arange(20, 100))[:60]
    noisy = features.descriptors[kept] + rng.normal(0, 12, (60, 128))
    return LocalFeatures(features.points[kept], np.clip(noisy, 0, 255).astype(np.uint8), features.width)


def test_the_index_finds_the_copies_of_a_large_collection() -> None:
    """So many that features are looked up in lists; the same text is on all images."""
    rng = np.random.default_rng(0)
    text = rng.integers(0, 256, (20, 128), np.uint8)
    images = [random_features(rng, text) for _ in range(FEW // 100 + 50)]
    count = len(images)
    copies = [copied(images[3], rng), copied(images[5].mirrored(), rng), copied(images[70], rng)]
    expected = {(3, count, False), (5, count + 1, True), (70, count + 2, False)}
    assert set(candidate_pairs(FeatureFile([*images, *copies]), progress=False)) == expected
    between = candidate_pairs_between(FeatureFile(copies), FeatureFile(images), progress=False)
    assert set(between) == {(0, 3, False), (1, 5, True), (2, 70, False)}


def test_building_the_index_does_not_keep_all_descriptors() -> None:
    images, each = 800, 250

    def read(image: int) -> np.ndarray:
        values = np.random.default_rng(image).normal(size=(each, 128)).astype(np.float32)
        return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True))

    build_index(lambda image: read(image)[:20], 20, 400, components=64)  # what importing FAISS takes
    tracemalloc.start()
    index = build_index(read, images, images * each, components=64)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert index.ntotal == images * each > FEW
    assert peak < images * read(0).nbytes / 2


def test_many_images_without_features_have_no_candidates() -> None:
    blank = LocalFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), 300)
    rng = np.random.default_rng(0)
    images = [random_features(rng, np.zeros((0, 128), np.uint8)) for _ in range(10)]
    assert candidate_pairs(FeatureFile([blank] * 20), progress=False) == []
    assert candidate_pairs(FeatureFile([blank] * 70 + images), progress=False) == []


def test_features_come_back_from_their_file() -> None:
    rng = np.random.default_rng(0)
    images = [random_features(rng, np.zeros((0, 128), np.uint8)) for _ in range(3)]
    features = FeatureFile(images)
    for index in (2, 0, 1):
        assert (features[index].points == images[index].points).all()
        assert (features[index].descriptors == images[index].descriptors).all()
        assert features[index].width == 400
    assert features.owners.tolist() == [0] * 100 + [1] * 100 + [2] * 100


def test_the_order_of_the_images_does_not_matter(tmp_path: Path) -> None:
    paths = [save(tmp_path / "a.png", speckle(1)), save(tmp_path / "b.png", speckle(2))]
    paths.append(save(tmp_path / "c.png", speckle(2)[20:]))
    assert near_duplicate_groups(paths, tmp_path / "one", progress=False) == [0, 1, 1]
    assert near_duplicate_groups(paths[::-1], tmp_path / "two", progress=False) == [0, 0, 1]


def test_blank_and_tiny_images_stay_alone(tmp_path: Path) -> None:
    blank = save(tmp_path / "blank.png", np.zeros((200, 300), np.uint8))
    grey = save(tmp_path / "grey.png", np.full((200, 300), 90, np.uint8))
    tiny = save(tmp_path / "tiny.png", np.full((1, 1), 7, np.uint8))
    assert near_duplicate_groups([blank, grey, tiny, blank], tmp_path / "cache", progress=False) == [0, 1, 2, 0]
    assert near_duplicate_groups([], tmp_path / "cache", progress=False) == []


def test_the_content_hash_ignores_the_encoding(tmp_path: Path) -> None:
    grey = Image.fromarray(speckle(0))
    expected = content_hash(save(tmp_path / "grey.png", speckle(0)))
    for mode in ("RGB", "RGBA", "LA", "P"):
        path = tmp_path / f"{mode}.png"
        grey.convert(mode).save(path)
        assert content_hash(path) == expected, mode
    grey.save(tmp_path / "grey.bmp")
    assert content_hash(tmp_path / "grey.bmp") == expected
    assert content_hash(save(tmp_path / "other.png", speckle(1))) != expected
    assert content_hash(save(tmp_path / "turned.png", speckle(0).reshape(400, 320))) != expected


def test_deeper_grey_is_not_clipped(tmp_path: Path) -> None:
    ramp = np.arange(40000, dtype=np.uint16).reshape(200, 200)
    low, high = tmp_path / "low.png", tmp_path / "high.png"
    Image.fromarray(ramp + 1000).save(low)
    Image.fromarray(np.ascontiguousarray(ramp[::-1]) + 1000).save(high)
    assert content_hash(low) != content_hash(high)


def test_a_search_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    paths = [save(tmp_path / "a.png", speckle(1)), save(tmp_path / "b.png", speckle(1)[:, 30:])]
    assert near_duplicate_groups(paths, progress=False) == [0, 0]
    (cache,) = (tmp_path / "cache" / "lightbtseg").iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(near_duplicates, "search", None)  # calling it would fail
        assert near_duplicate_groups(paths[::-1], progress=False) == [0, 0]
    cache.write_text("[1, 2", encoding="utf-8")
    assert near_duplicate_groups(paths, progress=False) == [0, 0]
    assert cache.read_text(encoding="utf-8").startswith("{")


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    paths = [save(tmp_path / "a.png", speckle(1)), save(tmp_path / "b.png", speckle(2))]
    assert near_duplicate_groups(paths, tmp_path / "file" / "cache", progress=False) == [0, 1]
    near_duplicate_groups(paths, tmp_path / "cache", progress=False)
    (cache,) = (tmp_path / "cache").iterdir()
    cache.unlink()
    cache.mkdir()  # a folder has the file's name
    assert near_duplicate_groups(paths, tmp_path / "cache", progress=False) == [0, 1]


@pytest.mark.parametrize("content", [b"no image", b""])
def test_a_broken_image_is_named(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.png: cannot be read as an image"):
        near_duplicate_groups([broken], tmp_path, progress=False)
    with pytest.raises(InputError, match=r"missing\.png"):
        content_hash(tmp_path / "missing.png")


def test_a_truncated_image_is_named(tmp_path: Path) -> None:
    path = save(tmp_path / "cut.png", speckle(0))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InputError, match=r"cut\.png: cannot be read as an image"):
        content_hash(path)


def test_missing_faiss_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    rng = np.random.default_rng(0)
    images = [random_features(rng, np.zeros((0, 128), np.uint8)) for _ in range(20)]
    with pytest.raises(InputError, match="pip install faiss-cpu"):
        candidate_pairs(FeatureFile(images), progress=False)


@pytest.mark.parametrize(
    ("image", "mask", "table"),
    [
        ("images/a.png", "masks/a.png", None),
        ("Images/bus_0001-l.png", "Masks/mask_0001-l.png", "ID,Case,Pathology\nbus_0001-l,1,benign\n"),
        ("case001.jpg", "case001_tumor.jpg", None),
    ],
)
def test_a_table_of_a_data_set_has_no_masks(tmp_path: Path, image: str, mask: str, table: str | None) -> None:
    folder = tmp_path / "set"
    for number, name in enumerate((image, mask)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        save(folder / name, speckle(number))
    if table:
        (folder / "bus_data.csv").write_text(table)
    write_groups_table(folder, tmp_path / "table.csv")
    header, row = (tmp_path / "table.csv").read_text(encoding="utf-8").splitlines()
    assert row.split(",")[1:] == [image, "0"]


def test_a_table_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with pytest.raises(InputError, match="no images in this folder"):
        write_groups_table(tmp_path / "set", tmp_path / "table.csv")
    paths = [save(tmp_path / "set" / f"a ({k}).png", speckle(1)[k:]) for k in (10, 2)]
    save(tmp_path / "set" / "a (2)_mask.png", speckle(2))
    write_groups_table(tmp_path / "set", tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text(encoding="utf-8").splitlines() == [
        "content_hash,file,group",
        f"{content_hash(paths[1])},a (2).png,0",
        f"{content_hash(paths[0])},a (10).png,0",
    ]


def test_the_published_table_is_sound(published: dict[str, int]) -> None:
    assert len(published) == 780
    sizes = np.bincount(list(published.values()))
    assert (len(sizes), (sizes > 1).sum(), sizes[sizes > 1].sum()) == (592, 151, 339)
    for first, second in CROSS_CLASS + SAME_CLASS:
        assert group_of(published, first) == group_of(published, second), (first, second)
    for first, second in APART:
        assert group_of(published, first) != group_of(published, second), (first, second)


def test_the_tables_of_other_data_sets_share_no_group_with_it(published: dict[str, int]) -> None:
    rows = {}
    for table in TABLES:
        with table.open(newline="", encoding="utf-8") as lines:
            rows[table.stem] = {row["file"]: int(row["group"]) for row in csv.DictReader(lines)}
    busi, breast, busbra = (rows[f"{name}_groups"] for name in ("busi", "breast", "busbra"))
    assert busi == published
    assert (len(breast), len(set(breast.values()))) == (256, 256)
    assert (len(busbra), len(set(busbra.values()))) == (1875, 1870)
    assert len(published_groups()) == 780 - 1 + 256 + 1875  # one image of BUSI is there twice
    assert len(set(published_groups().values())) == 592 + 256 + 1870
    pairs = ("0044-l", "0065-l"), ("0044-r", "0065-r"), ("0056-l", "0091-l"), ("0341-l", "0356-l"), ("0341-r", "0356-r")
    for first, second in pairs:
        assert busbra[f"Images/bus_{first}.png"] == busbra[f"Images/bus_{second}.png"]


def test_the_tables_cover_the_data_sets_without_a_search(real_data: Path, no_search: None) -> None:
    for folder in ("breast", "busbra"):
        _, records = read_dataset(real_data / folder)
        images = [record.image for record in records][:: 40 if folder == "busbra" else 10]
        assert len(set(near_duplicate_groups(images, progress=False))) == len(images)


@needs_busi
def test_the_published_table_covers_busi_without_a_search(published: dict[str, int], no_search: None) -> None:
    paths = sorted(path for path in BUSI.rglob("*.png") if "_mask" not in path.stem)
    assert {path.relative_to(BUSI).as_posix() for path in paths} == set(published)
    groups = near_duplicate_groups(paths, progress=False)
    expected: dict[int, int] = {}
    for path, group in zip(paths, groups):
        assert expected.setdefault(published[path.relative_to(BUSI).as_posix()], group) == group
    assert len(set(groups)) == len(expected) == len(set(published.values()))


@needs_busi
def test_a_search_finds_known_pairs_of_busi_again(
    published: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_duplicates, "published_groups", dict)
    names = [name for pair in CROSS_CLASS[1:3] + CROSS_CLASS[9:] + SAME_CLASS[:8] for name in pair]
    names += [f"benign ({number})" for number in range(11, 25)]
    paths = [BUSI / name.split()[0] / f"{name}.png" for name in names]
    groups = near_duplicate_groups(paths, tmp_path, progress=False)
    expected: dict[int, int] = {}
    known = [group_of(published, name) for name in names]
    assert groups == [expected.setdefault(group, len(expected)) for group in known]
