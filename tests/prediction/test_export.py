# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""An exported network predicts as in PyTorch, in a process that has neither PyTorch nor MONAI."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from monai.transforms import (
    CastToTyped,
    Compose,
    NormalizeIntensityd,
    Resized,
    ScaleIntensityd,
    ScaleIntensityRanged,
)
from PIL import Image

from scripts.__main__ import main
from scripts.data import make_phantoms
from scripts.errors import InputError
from scripts.prediction import Predictor
from tests.paths import ROOT

pytest.importorskip("onnxruntime", reason="needs requirements-onnx.txt")
from scripts.prediction.export import describe_preprocessing  # noqa: E402
from scripts.prediction.onnx_segmenter import OnnxSegmenter, apply_step  # noqa: E402

WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "monai", "ignite"):
            raise ImportError(f"{name} is not installed")
sys.meta_path.insert(0, Absent())
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The bundle's network as an ONNX file."""
    path = tmp_path_factory.mktemp("exported") / "model.onnx"
    assert main(["export", "--output", str(path), "--device", "cpu"]) == 0
    return path


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = make_phantoms(tmp_path_factory.mktemp("p") / "p", benign=3, malignant=3, normal=2, size=(180, 250))
    return folder


def masks(folder):
    return {path.name: np.asarray(Image.open(path)) for path in sorted(folder.rglob("*_mask.png"))}


def test_the_command_without_pytorch_gives_the_same_results(exported, images, tmp_path):
    words = ["predict", str(images), "--run", str(exported), "--output_dir", str(tmp_path / "without")]
    code = WITHOUT + textwrap.dedent(
        f"""
        from scripts.__main__ import main
        status = main({words!r})
        assert not {{"torch", "monai", "ignite"}} & sys.modules.keys()
        sys.exit(status)
        """
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert main(["predict", str(images), "--output_dir", str(tmp_path / "with"), "--device", "cpu"]) == 0
    first, second = (json.loads((tmp_path / name / "results.json").read_text()) for name in ("with", "without"))
    assert "onnxruntime" in second["provenance"]
    assert second["provenance"]["weights"] == first["provenance"]["weights"]
    for one, other in zip(first["images"], second["images"]):
        assert other["lesion_found"] == one["lesion_found"]
        assert other["confidence"] == pytest.approx(one["confidence"], abs=1e-3)
    for name, mask in masks(tmp_path / "with").items():
        assert (masks(tmp_path / "without")[name] != mask).mean() < 1e-3, name


def test_the_same_probabilities_on_any_size(exported):
    with_torch, without = Predictor(device="cpu"), Predictor(exported)
    assert without.calibration.settings == with_torch.calibration.settings
    for shape in ((61, 84), (500, 333), (224, 224)):
        grey = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        np.testing.assert_allclose(without(grey).probability, with_torch(grey).probability, atol=1e-3)


@pytest.mark.parametrize(
    "steps",
    [
        [ScaleIntensityd("image"), Resized("image", (64, 48), anti_aliasing=True)],
        [Resized("image", (64, 48)), ScaleIntensityd("image", minv=0, maxv=255), CastToTyped("image", np.uint8)],
        [ScaleIntensityRanged("image", 0, 255, 0, 1)],
    ],
)
def test_steps_as_monai_computes_them(steps):
    image = np.random.default_rng(0).random((90, 70)).astype(np.float32) * 255
    expected = Compose(steps)({"image": image[None]})["image"][0]
    result = image
    for step in json.loads(json.dumps(describe_preprocessing(Compose(steps)))):
        result = apply_step(step, result)
    np.testing.assert_allclose(result.astype(float), np.asarray(expected, dtype=float), atol=1e-4)


def test_a_step_that_only_monai_has():
    with pytest.raises(InputError, match="step NormalizeIntensityd has no counterpart"):
        describe_preprocessing(Compose([NormalizeIntensityd("image")]))
    with pytest.raises(InputError, match="step Resized has no counterpart"):
        describe_preprocessing(Compose([Resized("image", (8, 8), mode="bilinear")]))


def test_files_that_are_no_exported_models(exported, tmp_path, capsys):
    other = tmp_path / "model.onnx"
    with pytest.raises(InputError, match="no such file"):
        OnnxSegmenter(other)
    other.write_bytes(b"x")
    with pytest.raises(InputError, match="cannot be read as an ONNX model"):
        OnnxSegmenter(other)
    import onnx

    model = onnx.load(exported)
    del model.metadata_props[:]
    onnx.save(model, other)
    with pytest.raises(InputError, match="no settings of this bundle"):
        OnnxSegmenter(other)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--output", "model.pt"), "--output model.pt: must end in .onnx"),
        (("--output", "{exported}"), "exists; give --overwrite"),
        (("--output", "new.onnx", "--run", "{exported}"), "is an exported model; give the output folder"),
    ],
)
def test_wrong_options_of_export(exported, tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    assert main(["export", *(word.format(exported=exported) for word in words)]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_wrong_options_with_an_exported_model(exported, tmp_path, capsys):
    copy = tmp_path / "copy.onnx"
    shutil.copy2(exported, copy)
    assert main(["predict", "x", "--run", str(copy), "--device", "cuda:0", "--output_dir", str(tmp_path / "o")]) == 2
    assert main(["calibrate", "--run", str(copy), "--dataset_dir", "x"]) == 2
    assert "is an exported model" in capsys.readouterr().err
