# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The MONAI Deploy application on generated DICOM: ``make test-deploy``."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from scripts.data import make_phantoms
from tests.e2e.bundle import run
from tests.paths import ROOT

pytest.importorskip("monai.deploy", reason="needs the environment of `make test-deploy`")
hd = pytest.importorskip("highdicom")
pytest.importorskip("pydicom")

from tests.images.dicom import coded, instance, write  # noqa: E402

ROUNDING = 2e-3  # share of the mask's pixels that may differ where a colour space rounds the image's


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    subprocess.run(
        [
            sys.executable, "-m", "monai.bundle", "ckpt_export", "network_def", "--filepath", folder / "model.ts",
            "--ckpt_file", "models/model.pt", "--meta_file", "configs/metadata.json",
            "--config_file", "['configs/inference.json','models/calibration.json']",
        ],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "model.ts"


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    """A phantom that is wider than it is high."""
    folder = make_phantoms(tmp_path_factory.mktemp("phantoms") / "p", benign=1, malignant=1, normal=1, size=(180, 256))
    return np.asarray(Image.open(folder / "benign" / "benign (1).png").convert("L"))


def app(folder, out, model):
    words = [sys.executable, ROOT / "deploy" / "app.py", "-i", folder, "-o", out, "-m", model]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def expected(picture, tmp_path_factory):
    """What the bundle's inference gives of the same pixels as PNG."""
    folder = tmp_path_factory.mktemp("expected")
    (folder / "in").mkdir()
    Image.fromarray(picture).save(folder / "in" / "image.png")
    result = run("inference.json", dataset_dir=folder / "in", output_dir=folder / "out")
    assert result.returncode == 0, result.stderr[-3000:]
    return np.asarray(Image.open(folder / "out" / "image_mask.png")) > 0


@pytest.mark.parametrize(
    "name",
    ["MONOCHROME2", "MONOCHROME1", "16 bit", "PALETTE COLOR", "RGB", "RLE", "YBR_FULL", "YBR_FULL_422"],
)
def test_the_segmentation_is_the_bundles_and_refers_to_the_image(name, picture, expected, model, tmp_path):
    dataset = coded(name, picture)
    write(dataset, tmp_path / "in" / "day 1")
    (tmp_path / "in" / "notes.txt").write_text("no DICOM")
    result = app(tmp_path / "in", tmp_path / "out", model)
    assert result.returncode == 0, result.stderr[-3000:]
    (path,) = (tmp_path / "out").iterdir()
    segmentation = hd.seg.segread(path)

    assert (segmentation.Rows, segmentation.Columns) == picture.shape
    assert segmentation.StudyInstanceUID == dataset.StudyInstanceUID
    assert segmentation.PatientID == dataset.PatientID
    assert [uids[2] for uids in segmentation.get_source_image_uids()] == [dataset.SOPInstanceUID]
    (segment,) = segmentation.SegmentSequence
    assert segment.SegmentLabel == "Breast lesion"
    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeValue == "52988006"
    assert segment.AnatomicRegionSequence[0].CodeValue == "76752008"

    mask = segmentation.get_pixels_by_source_instance([dataset.SOPInstanceUID], combine_segments=True)[0]
    assert 0 < expected.sum() < expected.size
    assert (mask != expected).mean() <= (ROUNDING if name.startswith("YBR") else 0)


def test_without_calibration_the_threshold_is_one_half(picture, model, tmp_path):
    """The export of a bundle without ``calibration.json``."""
    plain = tmp_path / "model.ts"
    with zipfile.ZipFile(model) as archive, zipfile.ZipFile(plain, "w") as other:
        for name in archive.namelist():
            if not name.endswith("/extra/calibration.json"):
                other.writestr(archive.getinfo(name), archive.read(name))
    write(instance(picture, "MONOCHROME2"), tmp_path / "in")
    result = app(tmp_path / "in", tmp_path / "out", plain)
    assert result.returncode == 0, result.stderr[-3000:]
    assert "exported without calibration" in result.stderr + result.stdout


def test_a_calibration_that_cannot_be_is_told_in_one_line(model, picture, tmp_path):
    spoilt = tmp_path / "model.ts"
    with zipfile.ZipFile(model) as archive, zipfile.ZipFile(spoilt, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("/extra/calibration.json"):
                content = json.dumps({**json.loads(content), "threshold": 5}).encode()
            other.writestr(archive.getinfo(name), content)
    write(instance(picture, "MONOCHROME2"), tmp_path / "in")
    result = app(tmp_path / "in", tmp_path / "out", spoilt)
    assert result.returncode == 1
    assert f"error: -m {spoilt}: its calibration: threshold must be" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_lesion_is_a_result_too(model, tmp_path):
    write(instance(np.zeros((64, 80), np.uint8), "MONOCHROME2"), tmp_path / "in")
    result = app(tmp_path / "in", tmp_path / "out", model)
    assert result.returncode == 0, result.stderr[-3000:]
    (path,) = (tmp_path / "out").iterdir()
    assert hd.seg.segread(path).NumberOfFrames == 1


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda folder, grey: (folder / "a.txt").write_text("x"), "no ultrasound image; the folder has no DICOM file"),
        (
            lambda folder, grey: write(instance(grey, "MONOCHROME2", Modality="CT"), folder),
            "no ultrasound image; the folder has 1 other DICOM files",
        ),
        (
            lambda folder, grey: [write(instance(grey, "MONOCHROME2"), folder, f"{i}.dcm") for i in range(2)],
            "has 2 ultrasound images",
        ),
        (
            lambda folder, grey: write(
                instance(grey, "MONOCHROME2", NumberOfFrames=2, PixelData=2 * grey.tobytes()), folder
            ),
            "has 2 frames",
        ),
    ],
    ids=["no DICOM", "CT", "two images", "two frames"],
)
def test_what_it_cannot_do_is_told_in_a_line(spoil, message, picture, model, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    spoil(folder, picture)
    result = app(folder, tmp_path / "out", model)
    assert result.returncode == 1
    (told,) = (line for line in result.stderr.splitlines() if line.startswith("error: "))
    assert message in told
    assert "Traceback" not in result.stderr
    assert not list((tmp_path / "out").glob("*"))


def test_a_model_that_is_no_export_of_the_bundle(picture, tmp_path):
    write(instance(picture, "MONOCHROME2"), tmp_path / "in")
    for name, content in (("weights.pt", (ROOT / "models" / "model.pt").read_bytes()), ("text.ts", b"x")):
        (tmp_path / name).write_bytes(content)
        result = app(tmp_path / "in", tmp_path / "out", tmp_path / name)
        assert result.returncode == 1
        assert f"error: -m {tmp_path / name}: not an exported network" in result.stderr
        assert "Traceback" not in result.stderr
