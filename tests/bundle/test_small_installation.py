# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The wheel in an environment without PyTorch and MONAI segments pictures, NIfTI and DICOM: `make test-wheel`."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.data import make_phantoms

PYTHON = os.environ.get("LIGHTBTSEG_PYTHON", "")

pytestmark = pytest.mark.skipif(not PYTHON, reason="needs the wheel in an environment of its own: make test-wheel")


def run(folder, *words):
    """Call the installed command in a folder."""
    command = [Path(PYTHON).with_name("lightbtseg"), *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def images(tmp_path):
    """One phantom as PNG, NIfTI and DICOM."""
    nibabel = pytest.importorskip("nibabel")
    from tests.images.dicom import instance, region, write

    make_phantoms(tmp_path / "phantoms", benign=1, malignant=0, normal=0, size=(192, 256))
    (source,) = (path for path in (tmp_path / "phantoms").rglob("*.png") if "mask" not in path.name)
    grey = np.asarray(Image.open(source).convert("L"))
    folder = tmp_path / "in"
    folder.mkdir()
    Image.fromarray(grey).save(folder / "png.png")
    nibabel.save(nibabel.Nifti1Image(grey.T[..., None], np.diag([0.1, 0.1, 1, 1])), folder / "nifti.nii.gz")
    rows, columns = grey.shape
    cut = region(0, 0, rows - 1, columns - 1, 0.01, 0.01)
    write(instance(grey, "MONOCHROME2", SequenceOfUltrasoundRegions=[cut]), folder, "dicom.dcm")
    return folder


def test_there_is_neither_pytorch_nor_monai():
    code = "import importlib.util as u, sys; sys.exit(any(u.find_spec(n) for n in ('torch', 'monai', 'ignite')))"
    assert subprocess.run([PYTHON, "-c", code], check=False).returncode == 0


def test_the_same_image_in_three_formats(images):
    result = run(images.parent, "predict", "in", "--output_dir", "out")
    assert result.returncode == 0, result.stderr
    with (images.parent / "out" / "results.csv").open(newline="", encoding="utf-8") as lines:
        rows = {row["file"]: row for row in csv.DictReader(lines)}
    assert set(rows) == {"png.png", "nifti.nii.gz", "dicom.dcm"}
    assert len({row["confidence"] for row in rows.values()}) == 1
    provenance = json.loads((images.parent / "out" / "results.json").read_text())["provenance"]
    assert provenance["network"] == "EfficientUNet"
    assert "onnxruntime" in provenance
    assert {path.suffix for path in (images.parent / "out").glob("*_mask.*")} == {".png", ".gz", ".dcm"}


@pytest.mark.parametrize(
    "words", [("calibrate", "--dataset_dir", "in"), ("datalist", "--dataset_dir", "in", "--output", "x")]
)
def test_what_needs_pytorch_says_how_to_install_it(images, words):
    result = run(images.parent, *words)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert "lightbtseg[train]" in result.stderr
