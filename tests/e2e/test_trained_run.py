# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The output folder of a training is all that is needed to use its network."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from scripts.__main__ import main
from scripts.data import make_phantoms
from tests.e2e.bundle import SMALL, TEACHER, run
from tests.paths import ROOT


def masks(folder):
    return {path.name: np.asarray(Image.open(path)) for path in folder.rglob("*_mask.png")}


def test_predict_with_a_run_as_with_its_settings_given_one_by_one(distilled, phantoms, tmp_path):
    folder, log = distilled
    assert f"predict IMAGES --run {folder}" in log
    overlay = tmp_path / "stunet.json"
    network = {"_target_": "scripts.networks.StuNet", "spatial_dims": 2, "in_channels": 1, "out_channels": 2}
    inference = json.loads((ROOT / "configs" / "inference.json").read_text())
    steps = inference["preprocessing"]["transforms"][:3] + [{"_target_": "ScaleIntensityd", "keys": "image"}]
    preprocessing = {"_target_": "Compose", "transforms": steps}  # distill.yaml alone does not round to 8 bits
    settings = {"network_def": network, "image_size": SMALL["image_size"], "preprocessing": preprocessing}
    overlay.write_text(json.dumps(settings))
    images, ckpt = str(phantoms / "malignant"), str(folder / "model.pt")
    configs = [str(ROOT / "configs" / "inference.json"), str(overlay)]
    assert main(["predict", images, "--output_dir", str(tmp_path / "a"), "--run", str(folder)]) == 0
    given = ["--config_file", *configs, "--ckpt", ckpt]
    assert main(["predict", images, "--output_dir", str(tmp_path / "b"), *given]) == 0
    first, second = masks(tmp_path / "a"), masks(tmp_path / "b")
    assert len(first) == 12
    for name, mask in second.items():
        np.testing.assert_array_equal(first[name], mask, err_msg=name)


def test_evaluate_a_run_as_its_training_did(distilled, phantoms, tmp_path):
    folder, _ = distilled
    assert main(["evaluate", "--run", str(folder), "--output_dir", str(tmp_path / "out")]) == 0
    trained, evaluated = (json.loads((path / "metrics.json").read_text()) for path in (folder, tmp_path / "out"))
    assert evaluated["lesion_dice"] == trained["lesion_dice"]
    assert evaluated["provenance"]["image_size"] == SMALL["image_size"]


def test_predict_needs_neither_the_data_nor_the_weights_that_a_training_started_from(distilled, phantoms, tmp_path):
    run_dir = tmp_path / "specialist"
    run_dir.mkdir()
    shutil.copy(distilled[0] / "model.pt", run_dir)
    config = json.loads((distilled[0] / "config.json").read_text())
    config.update(dataset_dir=str(tmp_path / "gone"), initial_weights=str(tmp_path / "gone.pt"))
    config["network"] = {
        "_target_": "scripts.teachers.initial_weights.start_from",
        "network": "$@network_def.to(device=@device, memory_format=@memory_format)",
        "file": "@initial_weights",
        "datalist": "@datalist",
        "held_out": {"validation": "@val_data", "test": "@test_data"},
    }
    (run_dir / "config.json").write_text(json.dumps(config))
    images = str(phantoms / "benign")
    for run_of, name in ((run_dir, "a"), (distilled[0], "b")):
        assert main(["predict", images, "--output_dir", str(tmp_path / name), "--run", str(run_of)]) == 0
    first, second = masks(tmp_path / "a"), masks(tmp_path / "b")
    assert len(first) == 12
    assert all(np.array_equal(first[name], mask) for name, mask in second.items())
    out = ["--output_dir", str(tmp_path / "evaluated"), "--dataset_dir", str(phantoms)]
    assert main(["evaluate", "--run", str(run_dir), *out]) == 0


@pytest.mark.parametrize("name", ["benign", "malignant"])
def test_a_teacher_that_a_distillation_trained_is_a_run(name, distilled, phantoms, tmp_path):
    teacher = distilled[0] / "teachers" / name
    assert json.loads((teacher / "config.json").read_text())["network_def"] == TEACHER
    out = ["--output_dir", str(tmp_path / "masks")]
    assert main(["predict", str(phantoms / name), *out, "--run", str(teacher)]) == 0
    assert len(masks(tmp_path / "masks")) == 12
    assert main(["evaluate", "--run", str(teacher), "--output_dir", str(tmp_path / "evaluated")]) == 0
    trained, evaluated = (json.loads((path / "metrics.json").read_text()) for path in (teacher, tmp_path / "evaluated"))
    assert evaluated["lesion_dice"] == trained["lesion_dice"]
    assert evaluated["images"] == trained["images"]


def test_the_whole_data_set_with_normal_images(distilled, phantoms, tmp_path):
    folder, _ = distilled
    options = ["--whole_dataset", "--classes", "benign", "normal", "--dataset_dir", str(phantoms)]
    assert main(["evaluate", "--run", str(folder), "--output_dir", str(tmp_path), *options]) == 0
    assert json.loads((tmp_path / "metrics.json").read_text())["images"] == 16


def test_the_whole_of_a_data_set_with_fewer_images_than_folds(distilled, tmp_path):
    few = make_phantoms(tmp_path / "few", benign=2, malignant=1, normal=0, size=(96, 112), seed=7)
    options = ["--whole_dataset", "--dataset_dir", str(few), "--output_dir", str(tmp_path / "out")]
    assert main(["evaluate", "--run", str(distilled[0]), *options]) == 0
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["images"] == 3


def test_a_run_that_learned_from_several_data_sets_is_evaluated_on_one(phantoms, tmp_path, capsys):
    other = make_phantoms(tmp_path / "other", benign=5, malignant=4, normal=0, size=(96, 112), seed=7)
    folders = f"[{phantoms}, {other}]"
    options = {"image_size": 32, "epochs": 1, "batch_size": 4}
    trained = run("train.json", "several_datasets.yaml", dataset_dir=folders, output_dir=tmp_path / "run", **options)
    assert trained.returncode == 0, trained.stdout + trained.stderr
    command = ["evaluate", "--run", str(tmp_path / "run"), "--output_dir", str(tmp_path / "out"), "--whole_dataset"]
    assert main(command) == 2
    assert "learned from several data sets; give one of them or another as --dataset_dir" in capsys.readouterr().err
    assert main([*command, "--dataset_dir", str(other)]) == 0
    evaluated = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert evaluated["images"] == 9
    assert evaluated["provenance"]["images_trained_on"] > 0  # of this data set


def test_a_recipe_with_crop_and_8_bits(phantoms, tmp_path):
    """The preprocessing of the run is used, not that of configs/inference.json."""
    configs = ("train.json", "recipe.yaml", "recipe_alone.yaml")
    options = {"image_size": 32, "epochs": 1, "batch_size": 4}
    trained = run(*configs, dataset_dir=phantoms, output_dir=tmp_path / "run", **options)
    assert trained.returncode == 0, trained.stdout + trained.stderr
    out = ["--output_dir", str(tmp_path / "out")]
    assert main(["predict", str(phantoms / "benign"), *out, "--run", str(tmp_path / "run")]) == 0

    from scripts.prediction.trained_run import load_run

    steps = [type(step).__name__ for step in load_run(tmp_path / "run").segmenter.preprocessing.transforms]
    assert steps == ["Resized", "ScaleIntensityd", "CastToTyped", "ScaleIntensityRanged"]


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_folders_that_are_no_runs(command, distilled, tmp_path, capsys):
    folder, _ = distilled
    other = tmp_path / "run"

    def error(*options):
        words = ["x.png"] if command == "predict" else []
        out = ["--output_dir", str(tmp_path / "out")]
        if command == "predict":
            Image.new("L", (40, 40), 9).save(tmp_path / "x.png")
            words = [str(tmp_path / "x.png")]
        assert main([command, *words, *out, "--run", str(other), *options]) == 2
        last = capsys.readouterr().err.strip().splitlines()[-1]
        assert last.startswith(f"error: --run {other}") or last.startswith(f"error: {other}"), last
        return last

    assert "no such folder" in error()
    other.mkdir()
    assert "has no model.pt" in error()
    shutil.copy2(folder / "model.pt", other)
    assert "has no config.json" in error()
    (other / "config.json").write_text("{")
    assert "config.json" in error()
    if command == "predict":
        shutil.copy2(folder / "config.json", other)
        assert "give one of them, not both" in error("--ckpt", str(folder / "model.pt"))
        shutil.copy2(folder / "teachers" / "benign" / "model.pt", other / "model.pt")
        assert main(["predict", str(tmp_path / "x.png"), "--output_dir", str(tmp_path), "--run", str(other)]) == 2
        assert "of another architecture than StuNet" in capsys.readouterr().err
