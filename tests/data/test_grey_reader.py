# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Every part of the bundle reads an image alike: data sets, training, evaluation, inference and predict."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest
import torch
from monai.bundle import ConfigParser
from monai.transforms import Compose, LoadImaged
from PIL import Image

from scripts.data import GreyReader, LoadLesionMaskd, RestoreFileAxesd, build_datalist, list_images, select
from scripts.data.duplicates.image_content import content_hash
from scripts.errors import InputError, find_input_error
from scripts.evaluation.evaluated_images import read_ground_truth
from scripts.images.file_types import open_image
from scripts.images.single_image import read_image
from tests.images.orientations import KINDS, ORIENTATION, TURNED, write_turned
from tests.paths import CONFIGS
from tests.prediction.batches import ellipse, scene

SHAPE = (61, 84)
LESION = ellipse(SHAPE, (20, 44), (22, 12), 20)
GREY = scene(LESION)


def loading(config):
    parser = ConfigParser()
    parser.read_config(str(CONFIGS / config))
    if config == "inference.json":
        return parser.get_parsed_content("preprocessing").transforms[0]
    return parser.get_parsed_content("train#deterministic_transforms")[0]


def told(call):
    """What a call tells its user."""
    with pytest.raises(Exception) as caught:
        call()
    return str(find_input_error(caught.value))


@pytest.fixture(scope="module")
def loaders():
    return {config: loading(config) for config in ("inference.json", "train.json")}


def negative_tiff(path):
    """16 bits, white is zero; Pillow writes none."""
    Image.fromarray((255 - GREY.astype(np.uint16)) * 257).save(path)
    content = bytearray(path.read_bytes())
    tag = content.index(b"\x06\x01\x03\x00\x01\x00\x00\x00\x01")  # photometric interpretation: black is zero
    content[tag + 8] = 0
    path.write_bytes(content)


FILES = {
    **{f"{orientation} {name}": (name, orientation) for name in KINDS for orientation in (3, 6, 7)},
    "white is zero.tif": negative_tiff,
    "dcm2niix.nii.gz": lambda path: nibabel.save(nibabel.Nifti1Image(GREY[::-1].T[..., None], None), path),
}


@pytest.mark.parametrize("name", FILES)
def test_all_read_the_same_pixels(loaders, tmp_path, name):
    path = tmp_path / name
    make = FILES[name]
    make(path) if callable(make) else write_turned(path, GREY, make[1], kind=make[0])
    (shown,) = open_image(path).read()
    scaled = (shown - shown.min()) / np.ptp(shown)
    assert np.abs(scaled - (GREY / 240.0)).max() < 1e-2
    assert (read_image(path) == shown).all()
    for load in loaders.values():
        loaded = load({"image": str(path)})["image"]
        assert loaded.shape == (1, *SHAPE[::-1])
        assert (loaded[0].numpy().T == shown).all()
    Image.fromarray(np.round(scaled * 255).astype(np.uint8)).save(tmp_path / "upright.png")
    if name.endswith((".png", ".webp")) and "16 bit" not in name:
        Image.fromarray(GREY).save(tmp_path / "upright.png")
        assert content_hash(path) == content_hash(tmp_path / "upright.png")


@pytest.fixture
def photographs(tmp_path):
    """Images with orientations, masks drawn on what a viewer shows."""
    for kind in ("benign", "malignant"):
        for number, orientation in enumerate(range(2, 9)):
            for folder in ("images", "masks"):
                (tmp_path / folder / kind).mkdir(parents=True, exist_ok=True)
            exif = Image.Exif()
            exif[ORIENTATION] = orientation
            stored = np.ascontiguousarray(TURNED[orientation](GREY))
            suffix, options = (".jpg", {"quality": 95}) if number % 2 else (".webp", {"lossless": True})
            image = Image.fromarray(stored).convert("RGB")
            image.save(tmp_path / "images" / kind / f"{kind} ({number}){suffix}", exif=exif, **options)
            Image.fromarray(LESION.astype(np.uint8) * 255).save(tmp_path / "masks" / kind / f"{kind} ({number}).png")
    return tmp_path


def test_image_and_label_of_a_photograph_agree(photographs, loaders):
    datalist = build_datalist(photographs, num_folds=2)
    transforms = Compose([loaders["train.json"], LoadLesionMaskd(keys="label")])
    for item in select(datalist, photographs):
        loaded = transforms(item)
        assert loaded["image"].shape == loaded["label"].shape == (1, *SHAPE[::-1])
        assert ((loaded["image"] > 180) != (loaded["label"] > 0)).float().mean() < 0.01
    assert len(list_images(photographs / "images")) == 14


def test_masks_may_be_turned_as_well(tmp_path, loaders):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    mask = Image.fromarray(np.ascontiguousarray(TURNED[6](LESION.astype(np.uint8) * 255)))
    mask.save(tmp_path / "a_mask.png", exif=exif)
    Image.fromarray(GREY).save(tmp_path / "a.png")
    assert (read_ground_truth([tmp_path / "a_mask.png"], tmp_path / "a.png", SHAPE) == LESION).all()
    item = {"image": str(tmp_path / "a.png"), "label": str(tmp_path / "a_mask.png")}
    loaded = Compose([loaders["train.json"], LoadLesionMaskd(keys="label")])(item)
    assert (loaded["label"][0].numpy().T == LESION).all()


@pytest.mark.parametrize("config", ["inference.json", "train.json"])
def test_several_pages_are_refused_and_no_other_reader_takes_the_first(tmp_path, loaders, config):
    pages = [Image.fromarray(GREY), Image.fromarray(GREY[::-1])]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert "a.tif: cannot be read as an image: holds 2 images (2 × 61 × 84), must hold one" in told(
        lambda: loaders[config]({"image": str(tmp_path / "a.tif")})
    )
    with pytest.raises(InputError, match="a.tif: cannot be read as an image: holds 2 images"):
        list_images(tmp_path)
    with pytest.raises(InputError, match="holds 2 images"):
        content_hash(tmp_path / "a.tif")


def test_a_damaged_image_is_told_by_name(tmp_path, loaders):
    (tmp_path / "a.png").write_bytes(b"no picture")
    assert "a.png: cannot be read as an image" in told(
        lambda: loaders["train.json"]({"image": str(tmp_path / "a.png")})
    )


def test_an_image_that_is_gone_is_told_by_name(tmp_path, loaders):
    assert "a.png: cannot be read as an image" in told(
        lambda: loaders["train.json"]({"image": str(tmp_path / "a.png")})
    )


# Labels as annotation tools write them: three axes, one of length 1.


def label_of(tmp_path, image, label, loaders):
    nibabel.save(image, tmp_path / "image.nii.gz")
    nibabel.save(label, tmp_path / "label.nii.gz")
    item = {"image": str(tmp_path / "image.nii.gz"), "label": str(tmp_path / "label.nii.gz")}
    return Compose([loaders["train.json"], LoadLesionMaskd(keys="label")])(item)


UP = np.array([[-1, 0, 0, 83], [0, 1, 0, -60], [0, 0, 1, 0], [0, 0, 0, 1]])  # rows bottom first, as dcm2niix has them
ITK = np.diag([-1, -1, 1, 1])
TRUTH = LESION.T.astype(np.uint8)[..., None]


@pytest.mark.parametrize("shape", [(84, 61), (84, 61, 1), (84, 61, 1, 1)])
@pytest.mark.parametrize(
    "image, label",
    [
        ((GREY.T, ITK), (TRUTH, ITK)),
        ((GREY.T[:, ::-1], UP), (TRUTH[:, ::-1], UP)),
        ((GREY.T[:, ::-1], UP), (TRUTH, ITK)),  # each as its own affine says
        ((GREY.T[:, ::-1], UP), (TRUTH[:, ::-1], np.eye(4))),  # a label that knows no directions has its image's
        ((GREY.T, np.eye(4)), (TRUTH, ITK)),
        ((GREY.T, np.diag([0.1, 0.1, 1, 1])), (TRUTH, np.eye(4))),
    ],
)
def test_labels_of_volumes_lie_on_their_images(tmp_path, loaders, shape, image, label):
    image, label = (nibabel.Nifti1Image(np.asarray(array).reshape(shape), affine) for array, affine in (image, label))
    loaded = label_of(tmp_path, image, label, loaders)
    assert (loaded["image"][0].numpy().T == GREY).all()
    assert (loaded["label"][0].numpy().T == LESION).all()


def test_a_label_that_is_turned_beside_an_image_that_is_not_is_refused(tmp_path, loaders):
    image, label = nibabel.Nifti1Image(GREY.T, np.eye(4)), nibabel.Nifti1Image(TRUTH, UP)
    assert "label.nii.gz' is rotated by its affine, but its image" in told(
        lambda: label_of(tmp_path, image, label, loaders)
    )


def test_labels_of_slicer(tmp_path, loaders):
    nrrd = pytest.importorskip("nrrd", reason="needs requirements-predict.txt")
    lps = {"space": "left-posterior-superior", "kinds": ["domain"] * 3, "space directions": np.eye(3)}
    segment = {"Segment0_ID": "lesion", "Segment0_LabelValue": "1"}
    rows, columns = np.flatnonzero(LESION.any(axis=1)), np.flatnonzero(LESION.any(axis=0))
    cut = TRUTH[columns[0] : columns[-1] + 1, rows[0] : rows[-1] + 1]
    offset = f"{columns[0]} {rows[0]} 0"
    Image.fromarray(GREY).save(tmp_path / "image.png")
    nrrd.write(str(tmp_path / "image.nrrd"), GREY.T[..., None], lps)
    nrrd.write(str(tmp_path / "whole.nrrd"), TRUTH, lps)
    nrrd.write(str(tmp_path / "whole.seg.nrrd"), TRUTH, {**lps, **segment})
    nrrd.write(
        str(tmp_path / "cut.seg.nrrd"), cut, {**lps, **segment, "Segmentation_ReferenceImageExtentOffset": offset}
    )
    nrrd.write(str(tmp_path / "lost.seg.nrrd"), cut, {**lps, **segment})
    transforms = Compose([loaders["train.json"], LoadLesionMaskd(keys="label")])
    for image in ("image.png", "image.nrrd"):
        for label in ("whole.nrrd", "whole.seg.nrrd", "cut.seg.nrrd"):
            loaded = transforms({"image": str(tmp_path / image), "label": str(tmp_path / label)})
            assert (loaded["label"][0].numpy().T == LESION).all(), (image, label)
        items = {"image": str(tmp_path / image), "label": str(tmp_path / "lost.seg.nrrd")}
        assert f"has {cut.shape[0]}×{cut.shape[1]} pixels, but its image '{items['image']}' has 84×61" in told(
            lambda items=items: transforms(items)
        )


# What an application writes beside an image has the image's own axes.


@pytest.mark.parametrize(
    "array, affine, shape",
    [
        (GREY.T, ITK, (84, 61)),
        (GREY.T[..., None], ITK, (84, 61, 1)),
        (GREY.T[:, ::-1, None], UP, (84, 61, 1)),
        (GREY.T[:, ::-1], UP, (84, 61, 1)),  # a third axis, or its affine would be left out
        (GREY[..., None], [[0, -1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], (61, 84, 1)),
    ],
)
def test_masks_have_the_axes_of_their_images_file(tmp_path, loaders, array, affine, shape):
    nibabel.save(nibabel.Nifti1Image(array, np.asarray(affine, float)), tmp_path / "a.nii")
    item = loaders["inference.json"]({"image": str(tmp_path / "a.nii")})
    item["pred"] = torch.from_numpy((item["image"][0].numpy() > 200).astype(np.uint8))
    restored = RestoreFileAxesd(keys="pred")(item)
    assert restored["pred"].dtype == torch.uint8
    assert tuple(restored["pred"].shape) == shape == tuple(restored["image"].meta["spatial_shape"])
    assert (restored["pred"].numpy().reshape(array.shape) == (array > 200)).all()
    assert np.allclose(restored["image"].meta["original_affine"], affine)


def test_masks_of_pictures_stay_as_they_are(tmp_path, loaders):
    Image.fromarray(GREY).save(tmp_path / "a.png")
    item = loaders["inference.json"]({"image": str(tmp_path / "a.png")})
    item["pred"] = torch.from_numpy((item["image"][0].numpy() > 200).astype(np.uint8))
    assert (RestoreFileAxesd(keys="pred")(item)["pred"] == item["pred"]).all()


def test_the_reader_keeps_its_place_in_world_coordinates(tmp_path):
    nibabel.save(nibabel.Nifti1Image(GREY.T[:, ::-1, None], UP), tmp_path / "a.nii")
    image = LoadImaged(keys="image", reader=GreyReader())({"image": str(tmp_path / "a.nii")})["image"]
    assert np.allclose(image.affine @ np.array([3.0, 60, 0, 1]), UP @ [3, 0, 0, 1])
    assert np.allclose(image.meta["original_affine"], UP)
