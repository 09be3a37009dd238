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
from scripts.prediction.chosen_network import EXPORTED  # noqa: E402
from scripts.prediction.export import describe_preprocessing  # noqa: E402
from scripts.prediction.onnx_segmenter import METADATA, OnnxSegmenter, apply_step  # noqa: E402
from scripts.prediction.quantise import quantise, training_images  # noqa: E402
from scripts.runtimes.choice import Choice  # noqa: E402

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


@pytest.mark.parametrize(("runtime", "other"), [("onnxruntime", "openvino"), ("openvino", "onnxruntime")])
def test_the_command_without_pytorch_gives_the_same_results(exported, images, tmp_path, runtime, other):
    pytest.importorskip(runtime, reason="needs requirements-openvino.txt")
    words = ["predict", str(images), "--run", str(exported), "--output_dir", str(tmp_path / "without")]
    words += ["--runtime", runtime]
    code = WITHOUT + textwrap.dedent(
        f"""
        from scripts.__main__ import main
        status = main({words!r})
        assert not {{"torch", "monai", "ignite", {other!r}}} & sys.modules.keys()
        # Pictures need no readers of other formats, which are slow to import and hold memory.
        assert not {{"nibabel", "pydicom", "nrrd", "av"}} & sys.modules.keys()
        sys.exit(status)
        """
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert main(["predict", str(images), "--output_dir", str(tmp_path / "with"), "--device", "cpu"]) == 0
    first, second = (json.loads((tmp_path / name / "results.json").read_text()) for name in ("with", "without"))
    assert second["provenance"]["runtime"] == f"{runtime} float32"
    assert runtime in second["provenance"]
    assert second["provenance"]["weights"] == first["provenance"]["weights"]
    for one, other in zip(first["images"], second["images"]):
        assert other["lesion_found"] == one["lesion_found"]
        assert other["confidence"] == pytest.approx(one["confidence"], abs=1e-3)
    for name, mask in masks(tmp_path / "with").items():
        assert (masks(tmp_path / "without")[name] != mask).mean() < 1e-3, name


def test_the_same_probabilities_on_any_size(exported):
    with_torch, without = Predictor(device="cpu", runtime="torch"), Predictor(exported, runtime="onnxruntime")
    assert without.calibration.settings == with_torch.calibration.settings
    for shape in ((61, 84), (500, 333), (224, 224)):
        grey = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        np.testing.assert_allclose(without(grey).probability, with_torch(grey).probability, atol=1e-3)


def agreement(first, second):
    """Dice of the lesions of two predictors on the images that both are given."""
    both = [(one.mask, other.mask) for one, other in zip(first, second)]
    return [2 * (a & b).sum() / (a.sum() + b.sum()) for a, b in both if a.any() or b.any()]


@pytest.mark.parametrize("runtime", ["openvino", "torch"])
def test_bfloat16_is_close_to_float32(exported, images, runtime):
    pytest.importorskip(runtime, reason="needs requirements-openvino.txt")
    run = exported if runtime != "torch" else None
    try:
        rounded = Predictor(run, runtime=runtime, precision="bfloat16")
    except InputError as error:
        assert "--precision bfloat16" in str(error)
        pytest.skip(str(error))
    exact = Predictor(run, runtime=runtime)
    paths = [path for path in sorted(images.rglob("*.png")) if "mask" not in path.name]
    pairs = [exact(path).probability for path in paths], [rounded(path).probability for path in paths]
    assert 0 < max(np.abs(one - other).max() for one, other in zip(*pairs))
    assert min(agreement(map(exact, paths), map(rounded, paths))) > 0.95


def test_int8_is_calibrated_on_images_and_stays_close(exported, images, tmp_path):
    paths = [path for path in sorted(images.rglob("*.png")) if "mask" not in path.name]
    copy = tmp_path / "model.onnx"
    shutil.copy2(exported, copy)
    quantise(copy, paths, tmp_path / "model.int8.onnx")
    assert (tmp_path / "model.int8.onnx").stat().st_size < 0.85 * exported.stat().st_size
    exact, quantised = Predictor(copy), Predictor(copy, runtime="onnxruntime", precision="int8")
    assert str(quantised.choice) == "onnxruntime int8"
    assert quantised.calibration == exact.calibration
    assert np.mean(agreement(map(exact, paths), map(quantised, paths))) > 0.8
    with pytest.raises(InputError, match="--precision float32: .*int8.onnx is a model in int8"):
        Predictor(tmp_path / "model.int8.onnx", runtime="onnxruntime")


def test_int8_needs_the_training_images(tmp_path):
    with pytest.raises(InputError, match="datalist.json is missing; it must list the training images"):
        training_images(tmp_path / "model.pt", tmp_path)


@pytest.fixture
def weights(exported, tmp_path):
    """The bundle's weights in another folder, with their exported model."""
    for name in ("model.pt", "calibration.json"):
        shutil.copy2(ROOT / "models" / name, tmp_path / name)
    shutil.copy2(exported, tmp_path / EXPORTED)
    return tmp_path / "model.pt"


def test_weights_are_computed_by_the_exported_model_beside_them(weights):
    """In a process without PyTorch; with the calibration that lies beside the weights."""
    code = WITHOUT + textwrap.dedent(
        f"""
        import numpy as np
        from scripts.prediction import Predictor
        predictor = Predictor(ckpt={str(weights)!r})
        print(predictor.choice.precision, predictor.calibration.threshold, predictor.reason)
        predictor(np.arange(12.0).reshape(3, 4))
        assert not {{"torch", "monai", "ignite"}} & sys.modules.keys()
        """
    )
    calibration = json.loads((weights.parent / "calibration.json").read_text())
    calibration["threshold"] = 0.4321
    (weights.parent / "calibration.json").write_text(json.dumps(calibration))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "float32 0.4321 the fastest installed in float32\n", done.stderr
    assert str(Predictor(ckpt=weights, runtime="torch").choice) == "torch float32"


def test_a_folder_with_the_exported_model_alone_is_enough(weights, monkeypatch):
    (weights.parent / "calibration.json").unlink()
    weights.unlink()
    predictor = Predictor(run=weights.parent)
    assert (predictor.choice.precision, predictor.reason) == ("float32", "the fastest installed in float32")
    (weights.parent / EXPORTED).unlink()
    monkeypatch.setattr("scripts.runtimes.automatic.is_installed", lambda runtime: "torch" not in runtime)
    with pytest.raises(InputError, match="--runtime auto: openvino: needs .*exported.onnx; write it with .* export"):
        Predictor(run=weights.parent)


def test_an_exported_model_of_other_weights_is_refused(weights):
    weights.write_bytes(weights.read_bytes() + b"x")
    with pytest.raises(InputError, match="exported.onnx: is of other weights than .*model.pt; export them again"):
        Predictor(ckpt=weights)


def test_an_exported_model_with_an_older_calibration_than_beside_it_is_refused(weights):
    calibration = json.loads((weights.parent / "calibration.json").read_text())
    (weights.parent / "calibration.json").write_text(json.dumps({**calibration, "threshold": 0.4321}))
    with pytest.raises(InputError, match="exported.onnx: has another calibration than .*json; export it again"):
        Predictor(run=weights.parent / EXPORTED)
    other = {**calibration, "threshold": 0.4321, "weights": "0" * 64}
    (weights.parent / "calibration.json").write_text(json.dumps(other))
    Predictor(run=weights.parent / EXPORTED)  # a file of other weights says nothing about this model


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("changed", [{"image_size": 96}, {"weights": "0" * 64}])
def test_an_int8_model_of_another_network_than_the_exported_one_is_refused(weights, alone, changed):
    onnx = pytest.importorskip("onnx")
    model = onnx.load(weights.parent / EXPORTED)
    (entry,) = (each for each in model.metadata_props if each.key == METADATA)
    content = json.loads(entry.value)
    entry.value = json.dumps({**content, "precision": "int8", "settings": {**content["settings"], **changed}})
    onnx.save(model, weights.parent / "exported.int8.onnx")
    if alone:
        weights.unlink()
    with pytest.raises(InputError, match="int8.onnx: is of another network, .* than .*exported.onnx; export it again"):
        Predictor(run=weights.parent, runtime="onnxruntime", precision="int8")


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


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_a_damaged_model_is_told_in_one_line(runtime, tmp_path, capfd):
    """The runtimes print nothing of their own."""
    pytest.importorskip(runtime)
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(InputError, match="model.onnx: cannot be read as an ONNX model: .+") as error:
        OnnxSegmenter(tmp_path / "model.onnx", Choice(runtime, "float32"))
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


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
    ("written", "damaged"),
    [
        ('"name": "Resize"', '"name": "Rsize"'),
        ('"name": "Resize"', '"nme": "Resize"'),
        ('"spatial_size"', '"spatial_sze"'),
        ('"spatial_size": [224, 224]', '"spatial_size": [1000000000, 224]'),
        ('"spatial_size": [224, 224]', '"spatial_size": [224, -1]'),
        ('"spatial_size": [224, 224]', '"spatial_size": "224"'),
        ('"minv": 0,', '"minv": "x",'),
    ],
)
def test_a_damaged_preprocessing_is_one_line(exported, tmp_path, written, damaged):
    import onnx

    model, other = onnx.load(exported), tmp_path / "model.onnx"
    (settings,) = model.metadata_props
    assert written in settings.value
    settings.value = settings.value.replace(written, damaged)
    onnx.save(model, other)
    with pytest.raises(InputError, match="its preprocessing cannot be read; write it with the command export"):
        OnnxSegmenter(other)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--output", "model.pt"), "--output model.pt: must end in .onnx"),
        (("--output", "{exported}"), "exists; give --overwrite"),
        (("--output", "new.onnx", "--run", "{exported}"), "is an exported model; give the output folder"),
        (("--output", "new.onnx", "--precision", "int8"), "--precision int8: needs --dataset_dir"),
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
