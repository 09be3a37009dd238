# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The transform of ``configs/inference.json`` decides as `predict` does, in MONAI's tools and in MONAI Label's."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from types import ModuleType

import numpy as np
import pytest
import torch
from monai.bundle import ConfigParser
from monai.data import MetaTensor
from PIL import Image

from scripts.data import make_phantoms
from scripts.errors import InputError
from scripts.postprocessing.calibrated_lesions import CalibratedLesionsd
from scripts.postprocessing.calibration import Calibration, find_calibration
from scripts.postprocessing.lesions import find_lesions
from scripts.prediction.network import load_network
from tests.paths import ROOT

WEIGHTS = ROOT / "models" / "model.pt"


@pytest.fixture(scope="module")
def probability():
    """Smooth blobs of all probabilities, shape (width, height)."""
    coarse = np.random.default_rng(0).random((9, 7)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((90, 120), Image.Resampling.BICUBIC)).clip(0.01, 0.99)


def item_of(probability):
    affine = torch.diag(torch.tensor([0.1, 0.2, 1, 1]))
    return {"pred": MetaTensor(torch.from_numpy(np.stack([1 - probability, probability])), affine=affine)}


def test_the_mask_is_that_of_the_calibrated_decision(probability):
    mask = CalibratedLesionsd("pred", WEIGHTS)(item_of(probability))["pred"]
    calibration = find_calibration(WEIGHTS)
    expected = find_lesions(calibration.correct(probability), calibration).mask
    assert (mask[0].numpy() > 0).tolist() == expected.tolist()
    assert expected.any() and (expected != (probability > 0.5)).any()
    assert isinstance(mask, MetaTensor) and mask.dtype == torch.float32 and mask.shape == (1, *probability.shape)
    assert mask.affine[0, 0] == pytest.approx(0.1)


def test_without_a_calibration_it_is_argmax(probability, tmp_path):
    mask = CalibratedLesionsd("pred", tmp_path / "model.pt")(item_of(probability))["pred"]
    assert (mask[0].numpy() > 0).tolist() == (probability >= 0.5).tolist()


def test_the_calibration_of_other_weights_is_refused(probability, tmp_path):
    shutil.copy2(ROOT / "models" / "calibration.json", tmp_path)
    (tmp_path / "model.pt").write_bytes(b"other weights")
    with pytest.raises(InputError, match="was fitted to other weights"):
        CalibratedLesionsd("pred", tmp_path / "model.pt")(item_of(probability))


def test_new_weights_have_no_calibration_until_one_is_fitted(probability, tmp_path):
    """A server publishes new weights while the transform lives."""
    for name in ("model.pt", "calibration.json"):
        shutil.copy2(ROOT / "models" / name, tmp_path)
    decide = CalibratedLesionsd("pred", tmp_path / "model.pt")
    calibrated = decide(item_of(probability))["pred"].numpy()
    assert calibrated.tolist() == CalibratedLesionsd("pred", WEIGHTS)(item_of(probability))["pred"].numpy().tolist()
    (tmp_path / "calibration.json").unlink()
    (tmp_path / "model.pt").write_bytes(b"new weights")
    assert (decide(item_of(probability))["pred"][0].numpy() > 0).tolist() == (probability >= 0.5).tolist()


def test_missing_keys(probability):
    with pytest.raises(KeyError):
        CalibratedLesionsd("other", WEIGHTS)(item_of(probability))
    assert list(CalibratedLesionsd("other", WEIGHTS, allow_missing_keys=True)(item_of(probability))) == ["pred"]


@pytest.fixture(scope="module")
def phantom(tmp_path_factory):
    folder = make_phantoms(tmp_path_factory.mktemp("p") / "p", benign=1, malignant=1, normal=0, size=(150, 200))
    return folder / "malignant" / "malignant (1).png"


def config():
    parser = ConfigParser()
    parser.read_config(str(ROOT / "configs" / "inference.json"))
    parser["bundle_root"] = str(ROOT)
    return parser


@pytest.mark.parametrize("key", ["postprocessing", "post_transforms"])
def test_inference_json_decides_as_predict(phantom, key):
    """Both lists of transforms, for MONAI Deploy and MONAI Label, on logits of the network."""
    parser = config()
    item = parser.get_parsed_content("preprocessing")({"image": str(phantom)})
    network = load_network(device="cpu").segmenter.network
    with torch.no_grad():
        item["pred"] = network(item["image"][None].as_tensor())[0]
    transforms = [step for step in parser.get_parsed_content(key).transforms if type(step).__name__ != "SaveImaged"]
    for step in transforms:
        item = step(item)
    segmenter, calibration = load_network(device="cpu").segmenter, find_calibration(WEIGHTS)
    grey = np.asarray(Image.open(phantom).convert("L"))
    expected = find_lesions(calibration.correct(segmenter(grey)), calibration).mask
    assert expected.any()
    assert (np.asarray(item["pred"]).squeeze().T > 0).tolist() == expected.tolist()


@pytest.fixture
def label_app(monkeypatch):
    """The app for MONAI Label, with stand-ins for what it takes from MONAI Label."""

    class BundleInferTask:
        def __init__(self):
            self.bundle_config = config()

        def post_transforms(self, data=None):
            return self.bundle_config.get_parsed_content("post_transforms", instantiate=True).transforms

    names = {
        "monailabel": {"__version__": "0"},
        "monailabel.interfaces.app": {"MONAILabelApp": object},
        "monailabel.tasks.activelearning.epistemic": {"Epistemic": object},
        "monailabel.tasks.activelearning.first": {"First": object},
        "monailabel.tasks.activelearning.random": {"Random": object},
        "monailabel.tasks.infer.bundle": {"BundleInferTask": BundleInferTask},
        "monailabel.tasks.scoring.epistemic_v2": {"EpistemicScoring": object},
        "monailabel.tasks.train.bundle": {"BundleTrainTask": object},
    }
    for name, content in names.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    spec = importlib.util.spec_from_file_location("label_main", ROOT / "label" / "main.py")
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return app


@pytest.mark.parametrize(
    ("request_", "is_calibrated"),
    [
        (None, True),
        ({}, True),
        ({"model_filename": "model.pt"}, True),
        ({"model_filename": ["model.pt", "teacher_benign.pt"]}, True),
        ({"model_filename": "teacher_benign.pt"}, False),
    ],
)
def test_monai_label_decides_by_the_calibration_of_the_weights_in_use(label_app, phantom, request_, is_calibrated):
    task = label_app.InferTask()
    segmenter = load_network(device="cpu").segmenter
    probability = segmenter(np.asarray(Image.open(phantom).convert("L")))
    calibration = find_calibration(WEIGHTS) if is_calibrated else Calibration()
    expected = find_lesions(calibration.correct(probability), calibration).mask
    for _ in range(2):  # a server answers many requests
        item = task.bundle_config.get_parsed_content("preprocessing", instantiate=True)({"image": str(phantom)})
        with torch.no_grad():
            item["pred"] = segmenter.network(item["image"][None].as_tensor())[0]
        for step in task.post_transforms(request_):
            item = step(item)
        assert (np.asarray(item["pred"]).T > 0).tolist() == expected.tolist()
