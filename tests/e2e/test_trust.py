# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""From a training to a calibrated prediction of a network of one's own, by the commands."""

from __future__ import annotations

import csv
import json

import pytest

from scripts.__main__ import main
from scripts.data import make_phantoms
from tests.e2e.bundle import run

NETWORK = {
    "_target_": "BasicUNet",
    "spatial_dims": 2,
    "in_channels": 1,
    "out_channels": 2,
    "features": [8, 8, 16, 16, 16, 8],
}


@pytest.fixture(scope="module")
def trained(phantoms, tmp_path_factory):
    """Words for the commands: a small network, trained for a moment."""
    folder = tmp_path_factory.mktemp("trained")
    result = run(
        "train.json",
        dataset_dir=phantoms,
        output_dir=folder,
        epochs=4,
        image_size=32,
        batch_size=4,
        network_def=NETWORK,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    overlay = folder / "small.json"
    overlay.write_text(json.dumps({"network_def": NETWORK, "image_size": 32, "device": "cpu"}))
    return folder, ["--config_file", "configs/inference.json", str(overlay), "--ckpt", str(folder / "model.pt")]


@pytest.fixture(scope="module")
def calibrated(trained, phantoms):
    folder, words = trained
    assert main(["calibrate", "--dataset_dir", str(phantoms), *words]) == 0
    return folder, words


def test_the_calibration_says_what_it_was_fitted_to(calibrated, phantoms, capsys):
    folder, words = calibrated
    content = json.loads((folder / "calibration.json").read_text())
    validated = json.loads((folder / "datalist.json").read_text())["used"]["validation"]
    provenance = content["provenance"]
    assert provenance["images"] - provenance["images_without_lesion"] == len(validated)
    assert provenance["network"] == "BasicUNet" and provenance["image_size"] == 32
    assert len(provenance["tried"]) == 80
    assert main(["calibrate", "--dataset_dir", str(phantoms), *words]) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_it_is_judged_by_images_that_it_has_not_seen(calibrated, phantoms, tmp_path, capsys):
    folder, words = calibrated
    out = tmp_path / "out"
    assert main(["trust", "--dataset_dir", str(phantoms), "--output_dir", str(out), *words]) == 0
    used = json.loads((folder / "datalist.json").read_text())["used"]
    with (out / "trust.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["image"] for row in rows}
    assert set(used["test"]) <= names
    assert not names & {*used["training"], *used["validation"]}
    result = json.loads((out / "trust.json").read_text())
    assert result["decision"]["images_without_lesion"] == sum(row["class"] == "normal" for row in rows) > 0
    assert (out / "trust.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "trust.md").read_text().strip() in capsys.readouterr().out
    assert main(["trust", "--dataset_dir", str(phantoms), "--output_dir", str(out), *words]) == 2


def test_another_data_set_whole_but_not_the_one_it_learned_from(calibrated, phantoms, tmp_path, capsys):
    _, words = calibrated
    other = make_phantoms(tmp_path / "other", benign=3, malignant=2, normal=1, size=(96, 112), seed=7)
    out = tmp_path / "out"
    # The names are those of the phantoms that it was trained on: another folder with them is taken for the same data.
    assert main(["trust", "--dataset_dir", str(phantoms), "--whole_dataset", "--output_dir", str(out), *words]) == 2
    assert "was trained on" in capsys.readouterr().err
    assert not (out / "trust.json").exists()
    renamed = other.rename(tmp_path / "another hospital")
    assert main(["trust", "--dataset_dir", str(renamed), "--whole_dataset", "--output_dir", str(out), *words]) == 0
    assert json.loads((out / "trust.json").read_text())["provenance"]["images"] == 6


def test_a_hospital_calibrates_on_images_of_its_own(calibrated, phantoms, tmp_path, capsys):
    folder, words = calibrated
    for name in ("model.pt", "datalist.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    words = [*words[:-1], str(tmp_path / "model.pt")]
    make_phantoms(tmp_path / "other", benign=3, malignant=2, normal=1, size=(96, 112), seed=7)
    own = str((tmp_path / "other").rename(tmp_path / "our hospital"))
    assert main(["calibrate", "--dataset_dir", own, "--whole_dataset", *words]) == 0
    provenance = json.loads((tmp_path / "calibration.json").read_text())["provenance"]
    assert (provenance["images"], provenance["images_without_lesion"], provenance["folds"]) == (6, 1, "all")
    out = str(tmp_path / "out")
    capsys.readouterr()
    assert main(["trust", "--dataset_dir", own, "--whole_dataset", "--output_dir", out, *words]) == 2
    assert "our hospital: the calibration was fitted to 6 of its 6 images, such as '" in capsys.readouterr().err
    assert main(["calibrate", "--dataset_dir", str(phantoms), "--whole_dataset", "--overwrite", *words]) == 2
    assert "was trained on" in (told := capsys.readouterr().err) and told.endswith(
        "give a data set that it has not seen\n"
    )


def test_a_prediction_uses_the_calibration_beside_its_weights(calibrated, phantoms, tmp_path):
    folder, words = calibrated
    calibration = json.loads((folder / "calibration.json").read_text())
    out = tmp_path / "out"
    assert main(["predict", str(phantoms / "benign"), "--output_dir", str(out), *words]) == 0
    results = json.loads((out / "results.json").read_text())
    assert results["files"] == 12
    assert results["provenance"]["min_confidence"] == calibration["min_confidence"]
    for row in results["images"]:
        assert not row["lesion_found"] or row["minimum_confidence"] >= calibration["min_confidence"] - 1e-4


@pytest.mark.parametrize(
    "words, message",
    [
        (["calibrate", "--dataset_dir", "absent"], "--sensitivity 1.5"),
        (["trust", "--dataset_dir", "absent", "--output_dir", "out"], "absent"),
    ],
)
def test_bad_input(words, message, capsys):
    extra = ["--sensitivity", "1.5"] if words[0] == "calibrate" else []
    assert main([*words, *extra]) == 2
    assert message in capsys.readouterr().err


def test_weights_of_unknown_training(trained, phantoms, tmp_path, capsys):
    folder, words = trained
    (tmp_path / "model.pt").write_bytes((folder / "model.pt").read_bytes())
    own = [*words[:-1], str(tmp_path / "model.pt")]
    assert main(["calibrate", "--dataset_dir", str(phantoms), *own]) == 2
    assert "datalist.json is missing" in capsys.readouterr().err
    assert main(["trust", "--dataset_dir", str(phantoms), "--output_dir", str(tmp_path / "out"), *own]) == 2
    assert "calibration.json' is missing: fit a calibration" in capsys.readouterr().err
