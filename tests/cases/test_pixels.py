# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Files of ../shared/cases that were read wrongly once: each shows the lesion of its reference, at a known size.

The same kinds of files are generated in ``tests/images``, which needs nothing beside the repository.
"""

from __future__ import annotations

import csv

import cv2
import nibabel
import numpy as np
import pytest
from monai.bundle import ConfigParser
from monai.transforms import Compose
from PIL import Image

from scripts.data import LoadLesionMaskd, build_datalist, select
from scripts.images.file_types import open_image
from scripts.images.single_image import read_image
from scripts.prediction.chosen_network import ChosenNetwork
from scripts.prediction.predict import predict
from tests.paths import CONFIGS, SHARED

CASES = SHARED / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not in ../shared")
pydicom = pytest.importorskip("pydicom", reason="needs requirements-predict.txt")
pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

FOLDERS = ("palette", "nifti", "spacing", "tiff", "exif")


def files(folder, pattern="*"):
    return sorted(path.name for path in (CASES / folder).glob(pattern) if path.is_file())


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The rows of a prediction of all cases with the bundle's network, by file, and its folder."""
    out = tmp_path_factory.mktemp("cases")
    inputs = [str(path) for folder in FOLDERS for path in sorted((CASES / folder).iterdir()) if path.is_file()]
    outcome = predict(inputs, out, chosen=ChosenNetwork(device="cpu"))
    assert outcome["failed"] == {}
    rows = {}
    with (out / "results.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["file"], []).append(row)
    return rows, out


@pytest.mark.parametrize("name", files("palette"))
def test_a_palette_shows_the_grey_picture(results, name):
    assert (read_image(CASES / "palette" / name) == read_image(CASES / "palette" / "mono.dcm")).all()
    rows, _ = results
    (row,), (mono,) = rows[f"palette/{name}"], rows["palette/mono.dcm"]
    assert (row["lesion_found"], row["area"], row["confidence"]) == ("True", mono["area"], mono["confidence"])


@pytest.mark.parametrize("name", files("exif", "p3*"))
def test_an_orientation_turns_image_and_mask(results, name):
    upright = read_image(CASES / "exif" / "p3_png_orientation6.png")
    assert np.abs(read_image(CASES / "exif" / name) - upright).mean() < 4  # JPEG
    rows, out = results
    (row,), (upright_row,) = rows[f"exif/{name}"], rows["exif/p3_png_orientation6.png"]
    assert float(row["area"]) == pytest.approx(float(upright_row["area"]), rel=0.04)
    mask, expected = (np.asarray(Image.open(out / each["mask"])) > 0 for each in (row, upright_row))
    assert mask.shape == expected.shape == (160, 192)
    assert 2 * (mask & expected).sum() / (mask.sum() + expected.sum()) > 0.95


def test_images_and_labels_of_photographs_agree():
    folder = CASES / "exif" / "train"
    parser = ConfigParser()
    parser.read_config(str(CONFIGS / "train.json"))
    load = parser.get_parsed_content("train#deterministic_transforms")[0]
    transforms = Compose([load, LoadLesionMaskd(keys="label")])
    items = select(build_datalist(folder, num_folds=2), folder)
    assert len(items) == 6
    for item in items:
        loaded = transforms(item)
        image, lesion = loaded["image"][0].numpy(), loaded["label"][0].numpy() > 0
        around = (cv2.dilate(lesion.astype(np.uint8), np.ones((9, 9))) > 0) & ~lesion
        assert image[lesion].mean() < image[around].mean() - 20  # lesions of phantoms are dark


@pytest.mark.parametrize("name", files("nifti", "*.nii.gz"))
def test_a_converted_image_shows_what_its_dicom_shows(results, name):
    dicom = name.rsplit("_", 1)[0] + ".dcm"
    assert (read_image(CASES / "nifti" / name) == read_image(CASES / "nifti" / dicom)).all()
    rows, out = results
    (row,), (original,) = rows[f"nifti/{name}"], rows[f"nifti/{dicom}"]
    assert (row["area"], row["first_row"]) == (original["area"], original["first_row"])
    assert (row["unit"], row["spacing_row"]) == ("pixel", "")
    assert "doubtful" in row["spacing_from"]
    source, mask = nibabel.load(CASES / "nifti" / name), nibabel.load(out / row["mask"])
    assert mask.shape == source.shape and np.allclose(mask.affine, source.affine)
    shown = open_image(out / row["mask"]).axes.shown(np.squeeze(np.asarray(mask.dataobj)))
    assert (shown == pydicom.dcmread(out / original["mask"]).pixel_array).all()


@pytest.mark.parametrize(
    "name, frames, unit, size, told",
    [
        ("enhanced_shared.dcm", 2, "mm", "0.12", "DICOM PixelSpacing of all frames"),
        ("nominal.dcm", 1, "mm", "0.12", "NominalScannedPixelSpacing (of the scanned film; doubtful)"),
        ("region_before_crop.dcm", 1, "pixel", "", "the ultrasound regions do not fit the image"),
        ("no_preamble.dcm", 1, "pixel", "", "has none"),
        ("frames_not_counted.dcm", 3, "pixel", "", "has none"),
    ],
)
def test_sizes_stand_where_they_stand_and_files_are_read(results, name, frames, unit, size, told):
    found, mono = results[0][f"spacing/{name}"], results[0]["palette/mono.dcm"][0]
    assert len(found) == frames
    for row in found:
        assert (row["unit"], row["spacing_row"]) == (unit, size)
        assert told in row["spacing_from"]
        scale = 0.12**2 if unit == "mm" else 1
        assert float(row["area"]) == pytest.approx(float(mono["area"]) * scale, abs=0.001)  # of the same picture


@pytest.mark.parametrize("config", ["inference.json", "train.json"])
def test_white_is_zero_and_black_is_zero_are_one_picture(results, config):
    rows, _ = results
    areas = {rows[f"tiff/{name}"][0]["area"] for name in files("tiff")}
    assert len(files("tiff")) == 2 and len(areas) == 1
    parser = ConfigParser()
    parser.read_config(str(CONFIGS / config))
    key = "preprocessing" if config == "inference.json" else "train#deterministic_transforms"
    parsed = parser.get_parsed_content(key)
    load = parsed.transforms[0] if config == "inference.json" else parsed[0]
    first, second = (load({"image": str(CASES / "tiff" / name)})["image"] for name in files("tiff"))
    assert (first == second).all() and float(first.std()) > 0
