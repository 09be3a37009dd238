# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The gate on phantoms that the bundle's weights are made to believe their data set."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from scripts.__main__ import main
from scripts.benchmark.gate import Agreement, gate_images, gate_table
from scripts.data import build_datalist, make_phantoms, read_datalist, write_datalist
from scripts.errors import InputError
from scripts.files.hashing import hash_file
from scripts.prediction import Predictor
from tests.paths import ROOT


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    ("loss", "agreement", "changed", "broken"),
    [
        (0.0, [1.0, 1.0], 0, []),
        (0.005, [0.99, 1.0], 0, []),
        (0.006, [1.0], 0, ["lesion Dice"]),
        (-0.1, [0.98, 1.0], 0, ["agreement"]),
        (0.0, [1.0] * 200, 1, ["answers"]),
    ],
)
def test_what_passes_in_floating_point(precision, loss, agreement, changed, broken):
    assert Agreement(loss, agreement, changed).broken(precision) == broken


@pytest.mark.parametrize(
    ("loss", "agreement", "changed", "broken"),
    [
        (0.005, [0.98, 1.0], 0, []),
        (0.0, [1.0] * 200, 2, []),
        (0.0, [1.0] * 200, 3, ["answers"]),
        (0.006, [0.97, 1.0], 1, ["lesion Dice", "agreement", "answers"]),
    ],
)
def test_what_passes_in_int8(loss, agreement, changed, broken):
    assert Agreement(loss, agreement, changed).broken("int8") == broken


def test_the_table_says_which_bound_was_not_kept():
    data = {"lesion_dice_loss": 0.001, "agreement": 0.985, "least_agreement": 0.5, "answers_changed": 1, "images": 50}
    row = {
        **{"runtime": "onnxruntime", "precision": "int8", "milliseconds": 5.0, "reference_milliseconds": 20.0},
        "bounds": {"least_agreement": 0.99, "largest_changed": 0.01, "largest_loss": 0.005},
        "data": {"BUSI": {**data, "broken": ["agreement", "answers"]}},
    }
    line = gate_table([row]).splitlines()[2]
    told = "no: agreement, answers | 0.0010 (≤ 0.005) | 0.9850 (≥ 0.99) | 0.50 | 1 of 50 (≤ 1%)"
    assert line == f"| onnxruntime | int8 | BUSI | {told} |"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Weights beside a list of phantoms that they were trained on, and other phantoms."""
    folder = tmp_path_factory.mktemp("gate")
    phantoms = make_phantoms(folder / "phantoms", benign=5, malignant=5, normal=3, size=(120, 150))
    others = make_phantoms(folder / "others", benign=3, malignant=2, normal=0, size=(110, 160), seed=7)
    for name in ("model.pt", "calibration.json"):
        shutil.copy2(ROOT / "models" / name, folder / name)
    datalist = build_datalist(phantoms)
    names = {fold: [item["image"] for item in datalist["training"] if item["fold"] == fold] for fold in range(5)}
    datalist["used"] = {"training": names[2] + names[3] + names[4], "validation": names[1], "test": names[0]}
    datalist["image_size"] = 224
    write_datalist(datalist, folder / "datalist.json")
    return folder, phantoms, others


def test_of_several_data_sets_each_is_compared(data, tmp_path):
    folder, phantoms, _ = data
    datalist = read_datalist(folder / "datalist.json")
    datalist["sources"] = {"dark": "dark", "bright": "bright"}
    every = [entry["image"] for entry in datalist["training"]]
    validated = datalist["used"]["validation"]
    for entry in datalist["training"]:
        entry["dataset"] = "dark" if entry["image"] == validated[0] else "bright"
    datalist["used"] = {"training": [name for name in every if name not in validated], "validation": validated}
    write_datalist(datalist, tmp_path / "datalist.json")
    sets = gate_images(tmp_path / "model.pt", phantoms, None)
    names = {key: sorted(item["name"] for item in items) for key, items in sets.items()}
    assert names == {"dark, held out": validated[:1], "bright, held out": sorted(validated[1:])}


def test_a_single_data_set_is_not_enough(data):
    folder, phantoms, _ = data
    with pytest.raises(InputError, match="--other_dir: missing; .* was trained on one data set, so give another one"):
        gate_images(folder / "model.pt", phantoms, None)


def test_predictions_use_what_the_gate_let_pass(data, capsys):
    pytest.importorskip("onnxruntime", reason="needs requirements-onnx.txt")
    folder, phantoms, others = data
    words = ["--ckpt", str(folder / "model.pt"), "--dataset_dir", str(phantoms)]
    assert main(["gate", *words, "--other_dir", str(others)]) == 2
    assert "exported.onnx: no such file; write it with the command export" in capsys.readouterr().err
    assert main(["export", "--ckpt", str(folder / "model.pt"), "--device", "cpu"]) == 0
    assert main(["export", *words, "--precision", "int8"]) == 0
    assert main(["gate", *words, "--other_dir", str(others)]) == 0
    printed = capsys.readouterr().out
    content = json.loads((folder / "exported.gate.json").read_text())
    rows = {(row["runtime"], row["precision"]): row for row in content["rows"]}
    assert rows["torch", "float32"]["data"]["phantoms, held out"]["agreement"] == 1
    assert rows["onnxruntime", "float32"]["passed"]
    assert "| onnxruntime | int8 |" in printed
    assert {row["data"]["phantoms"]["images"] for row in rows.values()} == {5}
    passed = [row for row in content["rows"] if row["passed"]]
    fastest = min(passed, key=lambda row: row["milliseconds"])
    predictor = Predictor(ckpt=folder / "model.pt")
    assert predictor.choice == (fastest["runtime"], fastest["precision"])
    assert "the fastest that passed the gate on this machine" in predictor.reason
    assert predictor(np.zeros((30, 40))).mask.shape == (30, 40)
    assert rows["onnxruntime", "int8"]["file"] == hash_file(folder / "exported.int8.onnx")
    assert rows["onnxruntime", "int8"]["version"]
    calibration = json.loads((folder / "calibration.json").read_text())
    (folder / "calibration.json").write_text(json.dumps({**calibration, "threshold": 0.4321}))
    assert "run python -m scripts gate again" in Predictor(ckpt=folder / "model.pt").reason
    assert main(["gate", *words, "--other_dir", str(others)]) == 2
    assert "has another calibration than" in capsys.readouterr().err
    (folder / "calibration.json").write_text(json.dumps(calibration))
    (folder / "larger.yaml").write_text("image_size: 256\n")
    overlay = ["--config_file", str(ROOT / "configs/inference.json"), str(folder / "larger.yaml")]
    assert main(["gate", *words, "--other_dir", str(others), *overlay]) == 2
    assert "exported.onnx: is of another network, image size or weights than" in capsys.readouterr().err
    (folder / "exported.onnx").write_bytes(b"damaged")
    assert main(["gate", *words, "--other_dir", str(others)]) == 2
    assert "exported.onnx: cannot be read as an ONNX model" in capsys.readouterr().err
