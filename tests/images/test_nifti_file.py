# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""NIfTI, images and stacks: the mask lies where the image does."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.images.single_image import read_image
from tests.prediction.batches import ellipse, scene

SHAPE = (61, 84)
LESION = ellipse(SHAPE, (30, 44), (22, 12), 20)
GREY = scene(LESION)
AFFINE = np.array([[-0.3, 0.1, 0, 5], [0.1, 0.2, 0, -7], [0, 0, 1.5, 2], [0, 0, 0, 1]])


def image(array, unit="mm", zooms=None, affine=AFFINE, kind=nibabel.Nifti1Image):
    """NIfTI of (columns, rows, …)."""
    made = kind(array, affine, dtype=array.dtype if array.dtype.kind in "iu" else None)
    if zooms:
        made.header.set_zooms(zooms)
    made.header.set_xyzt_units(unit, "sec")
    return made


def written(outcome, name):
    return nibabel.load(outcome.folder / outcome.rows[name][0]["mask"])


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", ">i2", "i4", "u4", "i8", "f4", ">f4", "f8"])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "A.NII.GZ", "a.v2.nii"])
def test_every_type_gives_the_same_mask(batch, folder, name, dtype):
    grey = GREY.astype(np.int16) - (128 if dtype == "i1" else 0)
    nibabel.save(image(grey.T.astype(dtype)), folder / name.lower())
    (folder / name.lower()).rename(folder / name)
    outcome = batch()
    mask = written(outcome, name)
    assert mask.get_data_dtype() == np.uint8
    assert (np.asarray(mask.dataobj).T == LESION).all()
    suffix = ".nii.gz" if name.lower().endswith("gz") else ".nii"
    assert outcome.row(name)["mask"] == name[: name.lower().index(".nii")] + "_mask" + suffix


@pytest.mark.parametrize("name", ["a", "a.dcm", "a.png"])
@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_a_name_tells_nothing(batch, folder, name, kind):
    nibabel.save(image(GREY.T, kind=kind), folder / "a.nii")
    (folder / "a.nii").rename(folder / name)
    mask = written(batch(), name)
    assert type(mask) is kind
    assert (np.asarray(mask.dataobj).T == LESION).all()


def test_grey_levels_that_the_header_scales(batch, folder):
    scaled = image(GREY.T.astype(np.int16))
    scaled.header.set_slope_inter(-2.0, 700.0)  # larger is darker in the file
    scaled.header.set_data_dtype(np.int16)
    raw = nibabel.Nifti1Image(GREY.T.astype(np.float64), AFFINE, scaled.header)
    nibabel.save(raw, folder / "a.nii")
    mask = written(batch(), "a.nii")
    assert (np.asarray(mask.dataobj).T == LESION).all()
    assert mask.dataobj.slope == 1 and mask.dataobj.inter == 0


@pytest.mark.parametrize("names", ["RGB", "RGBA"])
def test_colours_are_grey_as_in_pictures(batch, folder, names):
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (*SHAPE, len(names)), dtype=np.uint8)
    colours[0, 0], colours[0, 1] = 0, 255
    array = np.zeros(SHAPE, [(name, "u1") for name in names])
    for channel, name in enumerate(names):
        array[name] = colours[..., channel]
    nibabel.save(image(array.T), folder / "a.nii")
    Image.fromarray(colours[..., :3].copy()).save(folder / "b.png")
    outcome = batch()
    mask = np.asarray(written(outcome, "a.nii").dataobj).T
    assert mask.any() and (mask * 255 == outcome.mask("b.png")).all()


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("further", [(), (1,), (3,), (1, 1), (2, 3), (1, 4)])
@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_masks_have_the_axes_of_the_images(batch, folder, suffix, further, kind):
    count = int(np.prod(further, dtype=int))
    lesions = [ellipse(SHAPE, (30, 25 + 3 * k), (20, 10), 15 * k) for k in range(count)]
    stack = np.stack([scene(lesion, seed).T for seed, lesion in enumerate(lesions)], axis=-1)
    source = image(stack.reshape(*SHAPE[::-1], *further, order="F"), kind=kind)
    nibabel.save(source, folder / f"a{suffix}")
    outcome = batch()
    mask = written(outcome, f"a{suffix}")
    assert mask.shape == source.shape
    assert np.allclose(mask.affine, source.affine)
    assert mask.header.get_zooms() == source.header.get_zooms()
    assert mask.header.get_xyzt_units() == ("mm", "sec")
    for name in ("qform_code", "sform_code"):
        assert mask.header[name] == source.header[name]
    expected = np.stack([lesion.T for lesion in lesions], axis=-1).reshape(mask.shape, order="F")
    assert (np.asarray(mask.dataobj) == expected).all()
    frames = [row["frame"] for row in outcome.rows[f"a{suffix}"]]
    assert frames == (list(range(1, count + 1)) if count > 1 else [None])


@pytest.mark.parametrize("unit, factor", [("mm", 1), ("meter", 1000), ("micron", 0.001)])
def test_zooms_are_sizes_in_their_unit(batch, folder, unit, factor):
    nibabel.save(image(GREY.T[..., None], unit, zooms=(0.3 / factor, 0.2 / factor, 1)), folder / "a.nii")
    row = batch().row("a.nii")
    assert (row["spacing_row"], row["spacing_column"]) == pytest.approx((0.2, 0.3))  # the first axis is the width
    assert row["area"] == pytest.approx(LESION.sum() * 0.06, rel=1e-4)
    assert (row["unit"], row["spacing_from"]) == ("mm", "NIfTI zooms")


def test_zooms_without_a_unit_are_none(batch, folder):
    nibabel.save(image(GREY.T, "unknown"), folder / "a.nii")
    row = batch().row("a.nii")
    assert (row["unit"], row["spacing_row"], row["area"]) == ("pixel", None, LESION.sum())
    assert row["spacing_from"] == "the NIfTI header has no unit: give --spacing"


@pytest.mark.parametrize("zoom", [0.0, -1.0, np.nan, np.inf])
def test_zooms_that_are_no_sizes(batch, folder, zoom):
    source = image(GREY.T)
    nibabel.save(source, folder / "a.nii")
    content = bytearray((folder / "a.nii").read_bytes())
    content[76 + 8 : 76 + 12] = np.float32(zoom).tobytes()  # pixdim of the rows
    (folder / "a.nii").write_bytes(content)
    outcome = batch()
    assert not outcome.failed
    row = outcome.row("a.nii")
    assert (row["unit"], row["area"]) == ("pixel", LESION.sum())
    assert "are invalid: give --spacing" in row["spacing_from"]
    assert (np.asarray(written(outcome, "a.nii").dataobj).T == LESION).all()


def test_a_spacing_of_the_users_goes_before_the_headers(batch, folder):
    nibabel.save(image(GREY.T), folder / "a.nii")
    row = batch(spacing=(1, 2)).row("a.nii")
    assert (row["spacing_row"], row["spacing_column"], row["spacing_from"]) == (1, 2, "option --spacing")


# Orientation: rows are shown from the top, masks are written as the file is.


def by_dcm2niix(grey, zooms=None):
    """Rows bottom first, told by no code at all; nibabel gives such a file the affine that the standard says."""
    made = nibabel.Nifti1Image(grey[::-1].T[..., None], None)
    made.header.set_xyzt_units("mm", "sec")
    if zooms:
        made.header.set_zooms(zooms)
    return made


def by_itk(grey, axes=2):
    return nibabel.Nifti1Image(grey.T.reshape(*grey.T.shape, *[1] * (axes - 2)), np.diag([-1, -1, 1, 1]))


ORIENTED = {
    "dcm2niix": by_dcm2niix(GREY),
    "ITK": by_itk(GREY),
    "ITK, three axes": by_itk(GREY, 3),
    "rows stored first": nibabel.Nifti1Image(GREY, [[0, -1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]),
    "canonical": nibabel.as_closest_canonical(by_itk(GREY, 3)),
    "identity": nibabel.Nifti1Image(GREY.T, np.eye(4)),
    "sizes alone": nibabel.Nifti1Image(GREY.T, np.diag([0.1, 0.1, 1, 1])),
    "axis of length 1 first": nibabel.Nifti1Image(GREY.T[None], np.eye(4)),
}


@pytest.mark.parametrize("name", ORIENTED)
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_the_network_sees_what_a_viewer_shows(batch, folder, name, suffix):
    source = ORIENTED[name]
    nibabel.save(source, folder / f"a{suffix}")
    assert (read_image(folder / f"a{suffix}") == GREY).all()
    outcome = batch()
    mask = written(outcome, f"a{suffix}")
    assert mask.shape == source.shape
    assert np.allclose(mask.affine, nibabel.load(folder / f"a{suffix}").affine)
    assert ((np.asarray(mask.dataobj) > 0) == (np.asarray(source.dataobj) > 200)).all()
    box = outcome.row(f"a{suffix}")["first_row"], outcome.row(f"a{suffix}")["first_column"]
    assert box == tuple(int(np.flatnonzero(LESION.any(axis=axis))[0]) for axis in (1, 0))


def test_sizes_are_those_of_the_shown_axes(batch, folder):
    swapped = nibabel.Nifti1Image(GREY, [[0, -0.3, 0, 0], [-0.2, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    swapped.header.set_xyzt_units("mm")
    nibabel.save(swapped, folder / "a.nii")
    nibabel.save(by_dcm2niix(GREY, (0.3, 0.2, 1)), folder / "b.nii")
    outcome = batch()
    for name in ("a.nii", "b.nii"):
        row = outcome.row(name)
        assert (row["spacing_row"], row["spacing_column"]) == pytest.approx((0.2, 0.3))


@pytest.mark.parametrize("name", ["dcm2niix", "ITK"])
def test_one_millimetre_of_a_converter_is_no_size(batch, folder, name):
    source = ORIENTED[name]
    source.header.set_xyzt_units("mm", "sec")
    nibabel.save(source, folder / "a.nii.gz")
    row = batch().row("a.nii.gz")
    assert (row["unit"], row["spacing_row"], row["area"]) == ("pixel", None, LESION.sum())
    assert "1×1" in row["spacing_from"] and "doubtful" in row["spacing_from"]


@pytest.mark.parametrize("values, intent", [(3, 1007), (3, 2003), (4, 2004)])
def test_colours_along_the_fifth_axis(batch, folder, values, intent):
    """As ITK writes a colour DICOM."""
    colours = np.repeat(GREY.T[:, :, None, None, None], values, axis=4)
    source = nibabel.Nifti1Image(colours, np.diag([-1, -1, 1, 1]))
    source.header.set_intent(intent)
    nibabel.save(source, folder / "a.nii")
    mask = written(batch(), "a.nii")
    assert ((np.squeeze(np.asarray(mask.dataobj)).T > 0) == LESION).all()
    assert mask.header["intent_code"] == 0


def test_shapes_are_told_whole(folder):
    nibabel.save(nibabel.Nifti1Image(np.zeros((84, 61, 2, 3)), np.eye(4)), folder / "a.nii")
    with pytest.raises(InputError, match="holds 6 images .84 × 61 × 2 × 3."):
        read_image(folder / "a.nii")
    nibabel.save(nibabel.Nifti1Image(np.zeros((4, 6, 2, 3, 2)), np.eye(4)), folder / "b.nii")
    with pytest.raises(InputError, match="4 × 6 × 2 × 3 × 2"):
        read_image(folder / "b.nii")
