# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import importlib.util
import shutil

import nibabel
import numpy as np
import pytest
from PIL import Image

from scripts.data import make_phantoms
from tests.e2e.bundle import copy_bundle
from tests.paths import ROOT

collect_ignore = [] if importlib.util.find_spec("monailabel") else ["server.py"]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A copy of the bundle with its app, in which there is a second weights file."""
    folder = copy_bundle(tmp_path_factory.mktemp("bundle") / "breast_ultrasound_segmentation")
    shutil.copytree(ROOT / "label", folder / "label", ignore=shutil.ignore_patterns("__pycache__", "logs", "bin"))
    return folder


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    return make_phantoms(tmp_path_factory.mktemp("phantoms") / "p", benign=6, malignant=6, normal=1, size=(180, 256))


@pytest.fixture(scope="module")
def studies(phantoms, tmp_path_factory):
    """A datastore of grey and colour PNG and of NIfTI, none of them square."""
    folder = tmp_path_factory.mktemp("studies")
    for kind in ("benign", "malignant"):
        for number in range(1, 7):
            shutil.copy2(phantoms / kind / f"{kind} ({number}).png", folder / f"{kind}{number}.png")
    Image.open(folder / "benign1.png").convert("RGB").save(folder / "colour.png")
    pixels = np.asarray(Image.open(folder / "benign1.png").convert("L")).T
    nibabel.save(nibabel.Nifti1Image(pixels, np.diag([0.2, 0.1, 1, 1])), folder / "volume.nii.gz")
    return folder


@pytest.fixture(scope="module")
def truth(phantoms):
    """The lesion of an image of the datastore by its name, bool, shape (width, height)."""

    def read(name):
        kind, number = name[:-1], name[-1]
        return np.asarray(Image.open(phantoms / kind / f"{kind} ({number})_mask.png").convert("L")).T > 0

    return read
