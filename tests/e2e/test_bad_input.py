# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a user can get wrong: each is one clear line, and nothing is written."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from monai.bundle import ConfigWorkflow
from PIL import Image

from scripts.data import build_datalist, write_datalist
from scripts.errors import find_input_error
from tests.e2e.bundle import SMALL, run
from tests.paths import ROOT


@pytest.fixture
def attempt(phantoms, tmp_path, monkeypatch):
    """Run a config in this process; return the message of the mistake it ends with."""
    monkeypatch.chdir(ROOT)

    def attempt(*configs, **options):
        options = {"dataset_dir": str(phantoms), "output_dir": str(tmp_path / "out"), "epochs": 1, **SMALL, **options}
        if configs[0] != "distill.yaml":
            del options["teacher_defs"]
        workflow = ConfigWorkflow(
            config_file=[str(ROOT / "configs" / name) for name in configs], workflow_type="train", **options
        )
        with pytest.raises(Exception) as caught:
            workflow.initialize()
            workflow.run()
        mistake = find_input_error(caught.value)
        assert mistake is not None, caught.value
        assert "\n" not in str(mistake)
        assert not (tmp_path / "out" / "model.pt").exists()
        return str(mistake)

    return attempt


@pytest.fixture
def copied(phantoms, tmp_path):
    return shutil.copytree(phantoms, tmp_path / "copied")


def test_on_the_command_line_it_is_one_line_and_a_failure(tmp_path):
    result = run("distill.yaml", dataset_dir=tmp_path / "absent", output_dir=tmp_path / "out")
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert errors == [f"error: --dataset_dir {tmp_path / 'absent'}: no such folder; leave it out to train on phantoms"]
    assert "Traceback" not in result.stderr + result.stdout


def test_a_folder_without_images(attempt, tmp_path):
    (tmp_path / "empty").mkdir()
    assert str(tmp_path / "empty") in attempt("train.json", dataset_dir=str(tmp_path / "empty"))


def test_a_class_without_images(attempt, copied):
    shutil.rmtree(copied / "malignant")
    assert "--classes malignant: no such images" in attempt("distill.yaml", dataset_dir=str(copied))


@pytest.mark.parametrize("config", ["train.json", "train_benign_teacher.yaml", "distill.yaml"])
def test_a_class_to_test_without_images(attempt, copied, config):
    shutil.rmtree(copied / "normal")
    message = attempt(config, dataset_dir=str(copied), test_classes=["benign", "normal"])
    assert message.startswith("--test_classes normal: no such images")


def test_a_truncated_image(attempt, copied):
    path = copied / "benign" / "benign (3).png"
    path.write_bytes(path.read_bytes()[:500])
    assert f"{path}: cannot be read as an image" in attempt("train.json", dataset_dir=str(copied))


def test_a_mask_of_another_size(attempt, copied):
    path = copied / "benign" / "benign (3)_mask.png"
    Image.fromarray(np.full((50, 60), 255, np.uint8)).save(path)
    message = attempt("train.json", dataset_dir=str(copied))
    assert str(path) in message
    assert "60×50" in message


@pytest.mark.parametrize(
    ("fold", "configs"),
    [(0, ["train.json", "recipe.yaml", "evaluate.json"]), (1, ["train.json"]), (2, ["train.json"])],
    ids=["test", "validation", "training"],
)
def test_an_image_with_values_that_are_not_finite(attempt, copied, tmp_path, fold, configs):
    """It is damaged after the datalist was written, so that nothing else reads it before."""
    datalist = build_datalist(copied)
    entry = next(each for each in datalist["training"] if each["fold"] == fold)
    path = copied / entry["image"]
    spoiled = np.asarray(Image.open(path), np.float32) / 255
    spoiled[40:60, 40:60] = np.nan
    Image.fromarray(spoiled).save(path, format="TIFF")
    write_datalist(datalist, tmp_path / "datalist.json")
    message = attempt(*configs, dataset_dir=str(copied), datalist_file=str(tmp_path / "datalist.json"))
    assert message.startswith(f"{path}: ") and message.endswith("values that are not finite (NaN or infinity)")


def test_an_unknown_class(attempt):
    message = attempt("train.json", classes=["benign", "cystic"])
    assert "--classes cystic: unknown class; the classes are benign, malignant, normal" in message


def test_a_fold_that_is_not_there(attempt):
    assert "--fold 7: the datalist has 5 folds, 0 to 4" in attempt("distill.yaml", fold=7)


def test_a_teacher_that_is_not_there(attempt, tmp_path):
    message = attempt("distill.yaml", benign_teacher=str(tmp_path / "absent.pt"))
    assert message.startswith(f"--benign_teacher {tmp_path / 'absent.pt'}: no such file")


def test_a_teacher_of_another_architecture(attempt, tmp_path):
    torch.save(torch.nn.Linear(1, 1).state_dict(), tmp_path / "other.pt")
    other = str(tmp_path / "other.pt")
    message = attempt("distill.yaml", benign_teacher=other, malignant_teacher=other)
    assert f"--benign_teacher '{other}' is of another architecture than TeachNet" in message


def test_a_checkpoint_of_another_architecture(attempt, tmp_path):
    torch.save(torch.nn.Linear(1, 1).state_dict(), tmp_path / "other.pt")
    message = attempt("train.json", "evaluate.json", ckpt=str(tmp_path / "other.pt"))
    assert f"ckpt '{tmp_path / 'other.pt'}' is of another architecture than EfficientUNet" in message


def test_validation_on_the_test_fold(attempt):
    assert "in both the validation and the test data" in attempt("train.json", validation_fold=0)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"teacher_mode": "Frozen"}, "--teacher_mode Frozen: must be finetune or frozen"),
        (
            {"teacher_weights": {"cystic": 0.7}},
            "an overlay defines others, see 'A teacher of your own' in docs/training.md",
        ),
        ({"teacher_weights": {}}, "must give weights by name for one or more of the teachers"),
        ({"teacher_routing": "lesion"}, "--teacher_routing lesion: must be fixed or class"),
        ({"mixed_teacher": "mixed.pt"}, "--mixed_teacher mixed.pt: this teacher has no weight in --teacher_weights"),
        ({"test_folds": [0, 1], "split": "random"}, "fold 1 is in both the validation and the test data"),
        ({"classes": ["benign"]}, "the malignant teacher learns only from malignant, so it would learn nothing"),
        ({"hard_weight": -1}, "--hard_weight -1: must be a number of at least 0"),
        ({"split": "thirds"}, "--split thirds: unknown"),
        ({"num_folds": 2}, "--num_folds 2: too few; training, validation and test need at least one fold each"),
        ({"device": "abacus"}, "--device abacus"),
        ({"optimizer#momentum": 0.9}, "Adam has no argument 'momentum'"),
        ({"lr_scheduler#patienc": 5}, "ReduceLROnPlateau has no argument 'patienc'"),
    ],
)
def test_options_that_do_not_fit_before_any_teacher_is_trained(attempt, tmp_path, option, message):
    assert message in attempt("distill.yaml", **option)
    assert not (tmp_path / "out" / "teachers").exists()


def test_a_misspelled_option_on_the_command_line(tmp_path):
    result = run("train.json", epoch=3, output_dir=tmp_path / "out")
    assert result.returncode == 1
    assert "error: --epoch: no such option in configs/train.json; did you mean --epochs?" in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_config_of_an_evaluation_alone(tmp_path):
    result = run("evaluate.json", output_dir=tmp_path / "out")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.endswith(
        "error: --config_file configs/evaluate.json: needs the config of the training before it: "
        "--config_file \"['configs/train.json','configs/evaluate.json']\"\n"
    )


def test_no_epochs_and_no_size(attempt):
    assert "--epochs 0: must be a whole number of at least 1" in attempt("distill.yaml", epochs=0)
    assert "--image_size big: must be a whole number of at least 1" in attempt("train.json", image_size="big")
