# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""NRRD, as 3D Slicer and ITK write it: images, stacks, colours and segmentations."""

from __future__ import annotations

import numpy as np
import pytest

nrrd = pytest.importorskip("nrrd", reason="needs requirements-predict.txt")

from scripts.errors import InputError  # noqa: E402
from scripts.images.file_types import open_image  # noqa: E402
from scripts.images.single_image import read_image  # noqa: E402
from tests.prediction.batches import ellipse, scene  # noqa: E402

SHAPE = (61, 84)
LESION = ellipse(SHAPE, (30, 44), (22, 12), 20)
GREY = scene(LESION)
LPS = {
    "space": "left-posterior-superior",
    "kinds": ["domain"] * 3,
    "space directions": np.diag([0.3, 0.2, 1.0]),
    "space origin": np.zeros(3),
}


def write(path, array, **header):
    nrrd.write(str(path), array, {**LPS, **header})
    return path


def written(outcome, name):
    return nrrd.read(str(outcome.folder / outcome.rows[name][0]["mask"]))


@pytest.mark.parametrize("dtype", ["u1", "i2", ">u2", "f4", "f8"])
@pytest.mark.parametrize("encoding", ["raw", "gzip", "bzip2", "ascii"])
def test_every_type_gives_the_same_mask(batch, folder, dtype, encoding):
    write(folder / "a.nrrd", GREY.T[..., None].astype(dtype), encoding=encoding)
    outcome = batch()
    mask, header = written(outcome, "a.nrrd")
    assert mask.dtype == np.uint8
    assert (mask[..., 0].T == LESION).all()
    assert np.allclose(header["space directions"], LPS["space directions"])
    row = outcome.row("a.nrrd")
    assert row["mask"] == "a_mask.nrrd"
    assert (row["spacing_row"], row["spacing_column"]) == pytest.approx((0.2, 0.3))
    assert (row["unit"], row["spacing_from"]) == ("mm", "NRRD space directions")


def test_a_name_tells_nothing(batch, folder):
    write(folder / "a.nrrd", GREY.T[..., None]).rename(folder / "a.png")
    mask, _ = written(batch(), "a.png")
    assert (mask[..., 0].T == LESION).all()


@pytest.mark.parametrize(
    "space, columns, rows",
    [
        ("left-posterior-superior", 1, 1),
        ("right-anterior-superior", -1, -1),
        ("RAS", -1, -1),
        ("LPS", 1, 1),
        ("left-anterior-superior", 1, -1),
    ],
)
@pytest.mark.parametrize("mirrored", [(False, False), (True, False), (False, True), (True, True)])
def test_the_space_says_which_way_it_is_up(batch, folder, space, columns, rows, mirrored):
    signs = np.array([-columns if mirrored[0] else columns, -rows if mirrored[1] else rows, 1])
    stored = GREY.T[:: -1 if mirrored[0] else 1, :: -1 if mirrored[1] else 1][..., None]
    header = {"space": space, "space directions": np.diag(signs * [0.3, 0.2, 1]), "space origin": np.array([1, 2, 3])}
    write(folder / "a.nrrd", stored, **header)
    assert (read_image(folder / "a.nrrd") == GREY).all()
    mask, header = written(batch(), "a.nrrd")
    assert (mask > 0).sum() == LESION.sum()
    assert ((mask > 0) == (stored > 200)).all()  # in the order of the file


def test_a_picture_opened_in_slicer_has_no_size(folder, batch):
    write(folder / "a.nrrd", GREY.T[..., None], **{"space directions": np.eye(3)})
    row = batch().row("a.nrrd")
    assert (row["unit"], row["area"]) == ("pixel", LESION.sum())
    assert "1×1" in row["spacing_from"] and "give --spacing" in row["spacing_from"]


@pytest.mark.parametrize(
    ("unit", "millimetres"), [("mm", 1), ("cm", 10), (" Meter", 1000), ("um", 0.001), ("", 1), ("pixel", None)]
)
@pytest.mark.parametrize("field", ["spacings", "space directions"])
def test_sizes_are_in_the_unit_of_the_header(folder, batch, field, unit, millimetres):
    if field == "spacings":
        nrrd.write(str(folder / "a.nrrd"), GREY.T, {"spacings": [0.3, 0.2], "units": [unit] * 2})
    else:
        write(folder / "a.nrrd", GREY.T[..., None], **{field: np.diag([0.3, 0.2, 1.0]), "space units": [unit] * 3})
    outcome = batch()
    row = outcome.row("a.nrrd")
    if millimetres is None:
        assert (row["unit"], row["spacing_row"]) == ("pixel", None)
        assert row["spacing_from"] == "the units in the NRRD header are not of length, or differ: give --spacing"
    else:
        assert (row["spacing_row"], row["spacing_column"]) == pytest.approx((0.2 * millimetres, 0.3 * millimetres))
        assert row["spacing_from"] == f"NRRD {field}"


def test_without_a_space_it_is_as_stored(folder, batch):
    nrrd.write(str(folder / "a.nrrd"), GREY.T, {"spacings": [0.3, 0.2]})
    nrrd.write(str(folder / "b.nrrd"), GREY.T)
    outcome = batch()
    for name in ("a.nrrd", "b.nrrd"):
        mask, _ = written(outcome, name)
        assert (mask.T == LESION).all()
    assert (outcome.row("a.nrrd")["spacing_row"], outcome.row("b.nrrd")["spacing_row"]) == (0.2, None)


@pytest.mark.parametrize("kind", ["vector", "RGB-color", "3-color", "none"])
@pytest.mark.parametrize("first", [True, False])
def test_colours_are_grey_as_in_pictures(folder, kind, first):
    colours = np.repeat(GREY.T[..., None, None], 3, axis=-1)
    directions = [LPS["space directions"][axis] for axis in range(3)]
    nothing = np.full(3, np.nan)
    kinds = [kind, *LPS["kinds"]] if first else [*LPS["kinds"], kind]
    directions = np.array([nothing, *directions] if first else [*directions, nothing])
    array = np.moveaxis(colours, -1, 0) if first else colours
    path = write(folder / "a.nrrd", array, **{"kinds": kinds, "space directions": directions})
    assert (read_image(path) == GREY).all()


def test_a_stack_has_a_mask_for_each_image(batch, folder):
    lesions = [ellipse(SHAPE, (30, 25 + 3 * k), (20, 10), 15 * k) for k in range(3)]
    stack = np.stack([scene(lesion, seed).T for seed, lesion in enumerate(lesions)], axis=-1)
    write(folder / "a.nrrd", stack)
    outcome = batch()
    mask, _ = written(outcome, "a.nrrd")
    assert (mask == np.stack([lesion.T for lesion in lesions], axis=-1)).all()
    assert [row["frame"] for row in outcome.rows["a.nrrd"]] == [1, 2, 3]


SEGMENT = {"Segment0_ID": "lesion", "Segment0_LabelValue": "1", "Segmentation_ReferenceImageExtentOffset": "0 0 0"}


def layers(first, second):
    header = {"kinds": ["list", *LPS["kinds"]], "space directions": np.vstack([np.full(3, np.nan), np.diag([1, 1, 1])])}
    return np.stack([first, second]).astype(np.uint8)[..., None], header


def test_the_layers_of_a_segmentation_are_joined(folder):
    left, right = LESION.T.copy(), LESION.T.copy()
    left[44:], right[:44] = False, False
    array, header = layers(left, right)
    path = write(folder / "a.seg.nrrd", array, **header, **SEGMENT)
    assert ((read_image(path) > 0) == LESION).all()


def test_segmentations_beside_images_are_skipped(batch, folder):
    write(folder / "a.nrrd", GREY.T[..., None])
    write(folder / "a.seg.nrrd", LESION.T[..., None].astype(np.uint8), **SEGMENT)
    assert list(batch().rows) == ["a.nrrd"]


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda content: content[:200], "cannot be read as NRRD"),
        (lambda content: content[:-900], "cannot be read as NRRD"),
        (lambda content: content.replace(b"dimension: 3", b"dimension: 2"), "cannot be read as NRRD"),
        (lambda content: content.replace(b"sizes: 84 61 1", b"sizes: 84 0 1"), "not that of an image"),
        (lambda content: content.replace(b"encoding: raw", b"data file: /etc/passwd\nencoding: raw"), "another file"),
        (lambda content: content.replace(b"type: uint8", b"type: block"), "cannot be read as NRRD"),
    ],
)
def test_damaged_files_are_told(folder, spoil, message):
    path = write(folder / "a.nrrd", GREY.T[..., None], encoding="raw")
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=message):
        read_image(path)


def test_values_that_are_no_colours_are_told(folder):
    array, header = layers(LESION.T, LESION.T)
    path = write(folder / "a.nrrd", array, **header)
    with pytest.raises(InputError, match="2 values per pixel"):
        read_image(path)


def test_shapes_are_told_whole(folder):
    path = write(folder / "a.nrrd", np.zeros((84, 61, 3), np.uint8))
    with pytest.raises(InputError, match=r"holds 3 images \(84 × 61 × 3\)"):
        read_image(path)
    assert open_image(path).frames == 3
