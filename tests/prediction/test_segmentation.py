# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's network by `load_network`: as its inference gives it, with the calibration of its weights."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from scripts.data.phantoms.dataset import render_phantom
from scripts.errors import InputError
from scripts.files.hashing import hash_file
from scripts.postprocessing.calibration import Calibration, find_calibration
from scripts.prediction.network import CONFIG, ROOT, load_network
from scripts.runs.file_names import CALIBRATION

MODEL = ROOT / "models" / "model.pt"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The bundle's network on images smaller than its own, which takes less time."""
    overlay = tmp_path_factory.mktemp("overlay") / "small.json"
    overlay.write_text('{"image_size": 96}')
    return load_network(config_files=[CONFIG, overlay], device="cpu")


@pytest.fixture(scope="module")
def grey():
    return render_phantom("malignant", (180, 256), np.random.default_rng(0))[0]


def test_probabilities_have_the_shape_of_the_image(loaded, grey):
    probability = loaded.segmenter(grey)
    assert (probability.shape, probability.dtype) == (grey.shape, np.float32)
    assert 0 <= probability.min() < 0.5 < probability.max() <= 1
    assert (loaded.settings["weights"], loaded.settings["image_size"]) == (hash_file(MODEL), 96)
    assert loaded.weights == MODEL


@pytest.mark.parametrize("scale, offset, dtype", [(257, 0, np.uint16), (1, -128, np.int16), (3.25, 7, np.float64)])
def test_the_scale_of_grey_levels_does_not_matter(loaded, grey, scale, offset, dtype):
    segmenter = loaded.segmenter
    scaled = (grey * float(scale) + offset).astype(dtype)
    assert np.abs(segmenter(scaled) - segmenter(grey)).max() < 1e-3


@pytest.mark.parametrize("shape", [(1, 500), (500, 1), (2, 2), (3, 900), (64, 64), (700, 500)])
def test_any_shape_can_be_segmented(loaded, shape):
    grey = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    probability = loaded.segmenter(grey)
    assert probability.shape == shape
    assert np.isfinite(probability).all() and 0 <= probability.min() and probability.max() <= 1


def test_transposed_images_are_not_mistaken_for_each_other(loaded, grey):
    segmenter = loaded.segmenter
    wide, tall = segmenter(grey), segmenter(grey.T)
    assert tall.shape == wide.T.shape
    assert np.abs(tall - wide.T).max() > 1e-3  # the network learned which way is up


@pytest.fixture
def weights(tmp_path):
    return shutil.copy(MODEL, tmp_path / "model.pt")


def test_the_calibration_beside_the_weights_is_used(weights, tmp_path, caplog):
    assert find_calibration(weights) == Calibration()
    assert f"There is no {tmp_path / CALIBRATION}" in caplog.text
    written = Calibration(temperature=2.0, bias=-0.5, threshold=0.3, fill_holes=True, weights=hash_file(weights))
    written.write(tmp_path / CALIBRATION)
    assert find_calibration(weights) == written


@pytest.mark.parametrize("content", ["{", json.dumps({"weights": "of another network"})])
def test_a_calibration_that_does_not_fit_is_told(weights, tmp_path, content):
    (tmp_path / CALIBRATION).write_text(content)
    with pytest.raises(InputError, match="calibration .*calibration.json"):
        find_calibration(weights)


def test_weights_that_are_none(tmp_path):
    with pytest.raises(InputError, match="ckpt .*absent.pt.*: no such file"):
        load_network(ckpt=tmp_path / "absent.pt", device="cpu")
    (tmp_path / "text.pt").write_text("x")
    with pytest.raises(InputError, match="ckpt .*text.pt.* cannot be read as weights"):
        load_network(ckpt=tmp_path / "text.pt", device="cpu")
    torch.save(torch.nn.Linear(1, 1).state_dict(), tmp_path / "other.pt")
    with pytest.raises(InputError, match="ckpt .*other.pt.* is of another architecture"):
        load_network(ckpt=tmp_path / "other.pt", device="cpu")


@pytest.mark.parametrize("device", ["abacus", "cuda:77", "cuda"])
def test_a_device_that_is_not_there(device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(InputError, match=f"--device {device}: ") as caught:
        load_network(device=device)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.json", "{"),
        ("a.json", "[1]"),
        ("a.json", "{}"),
        ("a.json", '{"network_def": {"_target_": "absent.Net"}}'),
        ("a.yaml", "a: [1"),
        ("a.txt", "x"),
    ],
)
def test_a_configuration_that_is_none(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=f"--config_file .*{name}") as caught:
        load_network(config_files=[tmp_path / name], device="cpu")
    assert "\n" not in str(caught.value)


def test_a_configuration_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="--config_file .*absent.json: no such file"):
        load_network(config_files=[CONFIG, tmp_path / "absent.json"])
