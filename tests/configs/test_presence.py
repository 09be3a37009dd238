# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Training, prediction and mistakes with a presence head."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from monai.bundle import ConfigParser
from monai.utils import CommonKeys

from scripts.bundle.option_types import OPTIONS
from scripts.data import make_phantoms
from scripts.errors import find_input_error
from scripts.losses import PresenceLoss
from scripts.networks import EfficientUNet, StuNet
from scripts.networks.presence import presence_logits
from scripts.postprocessing.calibration import Calibration
from scripts.postprocessing.lesions import find_lesions
from scripts.prediction.network import load_network
from tests.configs.test_configs import CONFIGS

TRAINING = ["train.json", "recipe.yaml", "recipe_alone.yaml", "presence.yaml"]
SMALL = {"_target_": "scripts.networks.StuNet", "features": [4, 8], "presence_head": True}


def read(*names, **options):
    parser = ConfigParser(ConfigParser.load_config_files([str(CONFIGS / name) for name in names]))
    for key, value in options.items():
        parser[key] = value
    return parser


@pytest.fixture
def training(tmp_path):
    make_phantoms(tmp_path / "phantoms", benign=9, malignant=6, normal=6, size=(90, 120))
    given = {"dataset_dir": str(tmp_path / "phantoms"), "output_dir": str(tmp_path), "image_size": 32, "num_folds": 3}
    return read(*TRAINING, **given, epochs=1, batch_size=4, amp=False, network_def=SMALL)


def test_a_training_draws_images_without_a_lesion_more_often_and_is_chosen_by_both(training):
    assert training.get_parsed_content("network_def").presence is not None
    classes = [item["class"] for item in training.get_parsed_content("train_data")]
    weights = training.get_parsed_content("train#dataloader").sampler.weights
    assert training.get_parsed_content("train#augmentation").transforms[-1].prob == 0  # crops are off by default
    assert weights.tolist() == [2.0 if name == "normal" else 1.0 for name in classes]
    assert "normal" in classes
    assert isinstance(training.get_parsed_content("loss"), PresenceLoss)
    evaluator = training.get_parsed_content("validate#evaluator")
    head = training.get_parsed_content("network").presence
    before = head.linear.weight.detach().clone()
    training.get_parsed_content("train#trainer").run()
    assert not torch.equal(head.linear.weight, before)
    assert evaluator.state.key_metric_name == "strict_dice"
    assert {"lesion_dice", "lesion_iou"} <= evaluator.state.metrics.keys()
    labels = [item[CommonKeys.LABEL] for item in training.get_parsed_content("validate#dataset")]
    assert any(not label.any() for label in labels)
    training.get_parsed_content("after_training")
    saved = torch.load(training.get_parsed_content("ckpt"), weights_only=True)
    assert torch.equal(saved["presence.linear.bias"], head.linear.bias)


def test_the_options_are_typed(training):
    known = training.get()
    assert {"normal_factor", "presence_weight", "lesion_crops"} <= known.keys() & OPTIONS.keys()


@pytest.mark.parametrize("with_head", [True, False])
def test_a_student_with_a_head_is_distilled(with_head, tmp_path):
    make_phantoms(tmp_path / "phantoms", benign=9, malignant=6, normal=6, size=(90, 120))
    teacher = {**SMALL, "presence_head": with_head}
    weights = tmp_path / "teacher.pt"
    torch.save(StuNet(**{key: value for key, value in teacher.items() if key != "_target_"}).state_dict(), weights)
    distilling = read(
        "distill.yaml", "recipe.yaml", "recipe_distill.yaml", "presence.yaml",
        **{"teacher_defs#mixed": teacher, "teacher_weights": {"mixed": 0.7}, "mixed_teacher": str(weights)},
        dataset_dir=str(tmp_path / "phantoms"), output_dir=str(tmp_path), image_size=32, num_folds=3, epochs=1,
        batch_size=4, amp=False, network_def=SMALL, teacher_mode="frozen",
    )  # fmt: skip
    trainer = distilling.get_parsed_content("train#trainer")
    assert isinstance(distilling.get_parsed_content("loss").hard_loss, PresenceLoss)
    drawn = distilling.get_parsed_content("train#dataloader").batch_sampler.sampler
    assert set(drawn.weights.tolist()) == {1.0, 2.0}
    head = distilling.get_parsed_content("network").presence
    before = head.linear.weight.detach().clone()
    trainer.run()
    assert not torch.equal(head.linear.weight, before)


@pytest.fixture(scope="module")
def square():
    """Speckle with a dark square."""
    grey = np.random.default_rng(0).integers(60, 200, (120, 140)).astype(np.uint8)
    grey[40:80, 50:90] //= 6
    return grey


@pytest.mark.parametrize(("bias", "found"), [(-6.0, False), (6.0, True)])
def test_a_prediction_and_its_confidence_follow_the_head(bias, found, square, tmp_path):
    torch.manual_seed(0)
    made = EfficientUNet(presence_head=True)
    torch.nn.init.zeros_(made.presence.linear.weight)
    torch.nn.init.constant_(made.presence.linear.bias, bias)
    torch.nn.init.constant_(made.head.conv.bias[1:], 3.0)  # which marks everything
    torch.save(made.state_dict(), tmp_path / "model.pt")
    segmenter = load_network([CONFIGS / "inference.json"], tmp_path / "model.pt", "cpu").segmenter
    lesions = find_lesions(segmenter(square), Calibration())
    assert lesions.lesion_found is found
    if not found:
        assert lesions.confidence == pytest.approx(1 - 1 / (1 + np.exp(6.0)), abs=1e-4)


@pytest.mark.parametrize("with_head", [True, False])
@pytest.mark.parametrize("overlays", [[], ["recipe.yaml", "recipe_alone.yaml", "pretrained_student.yaml"]])
def test_an_evaluation_reads_from_the_weights_whether_there_is_a_head(with_head, overlays, tmp_path):
    torch.save({"model": EfficientUNet(presence_head=with_head).state_dict()}, tmp_path / "model.pt")
    given = {"dataset_dir": "data", "ckpt": str(tmp_path / "model.pt"), "encoder_weights": None}
    evaluation = read("train.json", *overlays, "evaluate.json", **given)
    assert (evaluation.get_parsed_content("network_def").presence is not None) is with_head


@pytest.mark.parametrize(("dataset_dir", "head"), [("", True), ("data", False)])
def test_training_goes_on_from_the_shipped_weights_with_their_head(dataset_dir, head):
    training = read("train.json", dataset_dir=dataset_dir)
    assert (training.get_parsed_content("network_def").presence is not None) is head
    assert isinstance(training.get_parsed_content("loss"), PresenceLoss) is head


@pytest.mark.parametrize("target", ["scripts.networks.UNetPlusPlus", "BasicUNet"])
def test_a_network_without_a_head_is_told_so_in_one_line(target):
    parser = read("train.json", "presence.yaml", **{"network_def#_target_": target})
    with pytest.raises(RuntimeError) as raised:
        parser.get_parsed_content("network_def")
    assert str(find_input_error(raised.value)) == (
        f"{target.rpartition('.')[2]} has no argument 'presence_head': leave out the config file or option that gives "
        "it one"
    )


def test_the_head_is_read_from_what_is_exported(square):
    scripted = torch.jit.script(EfficientUNet(presence_head=True).eval())
    output = scripted(torch.rand(2, 1, 64, 64))
    assert output.shape == (2, 2, 64, 64)
    assert presence_logits(output).shape == (2,)
