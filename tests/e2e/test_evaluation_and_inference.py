# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from scripts.data import list_images, select
from scripts.data.phantoms.dataset import render_phantom
from scripts.errors import InputError
from scripts.metrics.dice import dice
from scripts.prediction import Predictor
from tests.e2e.bundle import TEACHER, run
from tests.paths import ROOT
from tests.warm_python import warm_python

EVALUATED = ("train.json", "baselines/stunet.yaml", "evaluate.json")
STUNET = "{'_target_': 'scripts.networks.StuNet'}"


def scripts(*words):
    return subprocess.run([warm_python(), "-m", "scripts", *map(str, words)], cwd=ROOT, capture_output=True, text=True)


def test_evaluate_any_network_then_table_and_sheet(distilled, phantoms, tmp_path):
    folder, _ = distilled
    student = run(
        *EVALUATED, dataset_dir=phantoms, ckpt=folder / "model.pt", image_size=32,
        output_dir=tmp_path / "student",
    )  # fmt: skip
    assert student.returncode == 0, student.stderr[-3000:]
    teacher = run(
        "train.json", "evaluate.json", dataset_dir=phantoms, ckpt=folder / "teachers" / "benign" / "model.pt",
        image_size=32, network_def=TEACHER, whole_dataset=True, classes=["benign", "malignant", "normal"],
        output_dir=tmp_path / "teacher",
    )  # fmt: skip
    assert teacher.returncode == 0, teacher.stderr[-3000:]

    # The evaluation of the distillation itself, again.
    first, again = (json.loads((path / "metrics.json").read_text()) for path in (folder, tmp_path / "student"))
    assert again["lesion_dice"] == first["lesion_dice"]
    assert again["provenance"]["images_trained_on"] == 0
    whole = json.loads((tmp_path / "teacher" / "metrics.json").read_text())
    assert (whole["images"], whole["lesion_images"]) == (28, 24)
    assert 0 <= whole["false_positive_rate"] <= 1
    assert whole["provenance"]["images_trained_on"] > 0

    evaluations = (f"student={tmp_path / 'student'}", f"benign teacher={tmp_path / 'teacher'}")
    table = scripts("table", *evaluations, "--output", tmp_path / "table.md")
    assert table.returncode == 0, table.stderr
    assert f"{again['lesion_dice']['mean']:.3f}" in (tmp_path / "table.md").read_text()
    sheet = scripts("sheet", *evaluations, "--dataset_dir", phantoms, "--output", tmp_path / "sheet.png", "--rows", 2)
    assert sheet.returncode == 0, sheet.stderr
    pixels = np.asarray(Image.open(tmp_path / "sheet.png").convert("RGB")).astype(int)
    assert (np.ptp(pixels, axis=2) > 60).any(), "no coloured outline"


def test_inference_writes_a_mask_of_each_images_size(distilled, phantoms, tmp_path):
    """From another folder, with --bundle_root, on grey and colour images in sub-folders."""
    source = tmp_path / "images" / "day 1"
    source.mkdir(parents=True)
    for number in (1, 2):
        with Image.open(phantoms / "benign" / f"benign ({number}).png") as image:
            resized = image.resize((90 + number, 70))
        (resized if number == 1 else resized.convert("RGB")).save(source / f"view {number}.png")
    result = subprocess.run(
        [
            warm_python(), "-m", "monai.bundle", "run", "--config_file", ROOT / "configs" / "inference.json",
            "--bundle_root", ROOT, "--dataset_dir", tmp_path / "images", "--image_size", "32",
            "--network_def", STUNET, "--ckpt", distilled[0] / "model.pt", "--output_dir", tmp_path / "masks",
        ],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
    for number in (1, 2):
        with Image.open(tmp_path / "masks" / "day 1" / f"view {number}_mask.png") as mask:
            assert mask.size == (90 + number, 70)
            assert set(np.unique(np.asarray(mask))) <= {0, 255}


def test_predicted_masks_lie_on_the_lesions(distilled, phantoms):
    """The axes of image, label and saved mask agree: the stored masks give the Dice that the table tells."""
    folder, _ = distilled
    datalist = json.loads((folder / "datalist.json").read_text())
    rows = dict(line.split(",")[0::3][:2] for line in (folder / "metrics.csv").read_text().splitlines()[1:])
    assert set(rows) == set(datalist["used"]["test"])
    for item in select(datalist, phantoms, folds=[0], classes=["benign", "malignant"]):
        truth = np.any([np.asarray(Image.open(path)) > 0 for path in item["label"]], axis=0)
        predicted = np.asarray(Image.open(folder / "predictions" / f"{item['name'].removesuffix('.png')}_mask.png")) > 0
        dice = 2 * (truth & predicted).sum() / (truth.sum() + predicted.sum())
        assert abs(float(rows[item["name"]]) - dice) < 1e-6


def test_an_evaluation_on_the_training_folds_is_refused(distilled, phantoms, tmp_path):
    folder, _ = distilled
    result = run(
        *EVALUATED, dataset_dir=phantoms, ckpt=folder / "model.pt", image_size=32, fold=2,
        output_dir=tmp_path / "out",
    )  # fmt: skip
    assert result.returncode == 1
    assert "was trained on" in result.stderr
    assert "use the --fold, --seed and --split of its training" in result.stderr


def test_folders_that_inference_refuses(phantoms, tmp_path):
    for name, message in (("absent", "no such folder"), ("empty", "no images in it")):
        if name == "empty":
            (tmp_path / name).mkdir()
        with pytest.raises(InputError, match=message):
            list_images(tmp_path / name)
    shutil.copy(phantoms / "benign" / "benign (1).png", tmp_path / "empty" / "a.png")
    (tmp_path / "empty" / "._a.png").write_text("of macOS")
    assert list_images(tmp_path / "empty") == [{"image": str(tmp_path / "empty" / "a.png")}]
    Image.open(tmp_path / "empty" / "a.png").save(tmp_path / "empty" / "a.jpg")
    with pytest.raises(InputError, match="its mask would have the same name as that of"):
        list_images(tmp_path / "empty")
    (tmp_path / "empty" / "a.jpg").unlink()
    shutil.copy(tmp_path / "empty" / "a.png", tmp_path / "empty" / "b_tumor.png")
    with pytest.raises(InputError, match="b_tumor.png: named like a mask, but there is no image b; rename"):
        list_images(tmp_path / "empty")
    (tmp_path / "empty" / "b_tumor.png").rename(tmp_path / "empty" / "a_tumor.png")
    assert list_images(tmp_path / "empty") == [{"image": str(tmp_path / "empty" / "a.png")}]
    (tmp_path / "empty" / "cut.png").write_bytes((tmp_path / "empty" / "a.png").read_bytes()[:300])
    with pytest.raises(InputError, match="cut.png: cannot be read as an image"):
        list_images(tmp_path / "empty")


def test_inference_segments_the_field_of_view_as_predict_does(tmp_path):
    """A screen with text beside the image, which training and `predict` cut away."""
    image, (truth,) = render_phantom("malignant", (200, 280), np.random.default_rng(4))
    screen = np.zeros((500, 700), np.uint8)
    screen[150:350, 300:580] = image
    for row in range(40, 460, 30):
        screen[row : row + 2, 20:120] = 255
    (tmp_path / "images").mkdir()
    Image.fromarray(screen).save(tmp_path / "images" / "a.png")
    words = ["--config_file", str(ROOT / "configs/inference.json"), "--bundle_root", str(ROOT), "--device", "cpu"]
    result = subprocess.run(
        [
            *(warm_python(), "-m", "monai.bundle", "run", *words),
            *("--dataset_dir", str(tmp_path / "images"), "--output_dir", str(tmp_path / "out")),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    mask = np.asarray(Image.open(tmp_path / "out" / "a_mask.png")) > 0
    predicted = Predictor(device="cpu", runtime="torch")(screen).mask
    assert dice(mask, predicted, empty=0.0) > 0.98
    whole = np.zeros(screen.shape, bool)
    whole[150:350, 300:580] = truth
    assert dice(mask, whole, empty=0.0) > 0.8
