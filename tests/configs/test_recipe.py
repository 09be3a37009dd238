# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The recipe of every arm of a comparison, and the teachers that a CPU can train, as overlays."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from ignite.handlers import EMAHandler
from monai.bundle import ConfigParser
from monai.data import MetaTensor
from monai.handlers import LrScheduleHandler
from PIL import Image

from scripts.data import make_phantoms
from scripts.errors import InputError
from scripts.experiments.plan import read_plan
from scripts.handlers import EpochSeed, TrainingCheckpoint
from tests.configs.test_configs import CONFIGS, ROOT

ALONE = ["recipe.yaml", "recipe_alone.yaml"]
DISTILL = ["distill.yaml", "recipe.yaml", "recipe_distill.yaml"]
SPECIALIST = [*ALONE, "lite2_teacher.yaml", "specialist.yaml"]
SMALL = {"_target_": "scripts.networks.StuNet", "features": [4, 8]}
ARMS = {
    "student": ["train.json", *ALONE],
    "teacher": ["train_benign_teacher.yaml", *ALONE],
    "specialist": ["train_malignant_teacher.yaml", *SPECIALIST],
    "distilled": DISTILL,
}


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantoms")
    make_phantoms(folder, benign=9, malignant=6, normal=3, size=(90, 120))
    return folder


@pytest.fixture
def read(phantoms, tmp_path):
    """Configs with a small network, on phantoms."""

    def read(names, **options):
        parser = ConfigParser(ConfigParser.load_config_files([str(CONFIGS / name) for name in names]))
        given = {"dataset_dir": str(phantoms), "output_dir": str(tmp_path), "image_size": 32, "num_folds": 3}
        given |= {"epochs": 2, "batch_size": 2, "network_def": SMALL, "amp": False, "encoder_weights": None}
        if names[0] == "distill.yaml":
            given |= {"teacher_defs": {name: SMALL for name in ("benign", "malignant")}}
            given |= {"teacher_files": {name: str(tmp_path / f"{name}.pt") for name in ("benign", "malignant")}}
            for file in given["teacher_files"].values():
                torch.save(ConfigParser({"net": SMALL}).get_parsed_content("net").state_dict(), file)
        for key, value in {**given, **options}.items():
            parser[key] = value
        return parser

    return read


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_has_the_same_schedule_and_averages_its_weights(arm, read):
    parser = read(ARMS[arm])
    trainer, network = parser.get_parsed_content("train#trainer"), parser.get_parsed_content("network")
    handlers = [*parser.get_parsed_content("train#handlers"), *parser.get_parsed_content("train#named_handlers")]
    schedules = [each for each in handlers if isinstance(each, LrScheduleHandler)]
    averages = [each for each in handlers if isinstance(each, EMAHandler)]
    checkpoints = [each for each in handlers if isinstance(each, TrainingCheckpoint)]
    assert (len(schedules), len(averages), len(checkpoints)) == (1, 1, 1)
    assert not schedules[0].epoch_level
    optimizer = parser.get_parsed_content("optimizer")
    assert type(optimizer) is torch.optim.AdamW
    assert {id(p) for p in optimizer.param_groups[0]["params"]} == {id(p) for p in network.parameters()}
    assert parser.get_parsed_content("lr_scheduler").total_steps == 2 * len(
        parser.get_parsed_content("train#dataloader")
    )
    average = averages[0].ema_model
    assert average is not network
    assert parser.get_parsed_content("validate#evaluator").network is average
    assert checkpoints[0].network is average
    assert checkpoints[0].state["online_network"] is network is trainer.network


@pytest.mark.parametrize("arm", ARMS)
def test_a_training_with_the_recipe_runs_and_is_tested_at_the_images_own_size(arm, read, tmp_path):
    parser = read(ARMS[arm], epochs=1)
    parser.get_parsed_content("train#trainer").run()
    parser.get_parsed_content("test#evaluator").run()
    saved, online = torch.load(tmp_path / "model.pt"), parser.get_parsed_content("network").state_dict()
    assert any(not torch.equal(saved[name], online[name]) for name in saved)
    output = parser.get_parsed_content("test#evaluator").state.output[0]
    assert output["pred"].shape == output["label"].shape == (2, 120, 90)


def test_images_are_kept_in_8_bits_and_seen_as_in_the_test(read):
    parser = read(ARMS["student"], val_data="@test_data")
    kept = parser.get_parsed_content("train#dataset")._cache[0]
    assert kept["image"].dtype == kept["label"].dtype == torch.uint8
    assert (int(kept["image"].min()), int(kept["image"].max())) == (0, 255)
    steps = parser.get_parsed_content("train#random_transforms")
    drawn = steps[1](steps[0](dict(kept)))["image"]
    assert drawn.dtype == torch.float32
    assert (float(drawn.min()), float(drawn.max())) == (0, 1)
    validated, tested = (parser.get_parsed_content(f"{part}#dataset")[0] for part in ("validate", "test"))
    assert torch.equal(validated["image"].as_tensor(), tested["image"].as_tensor())
    assert validated["image"].shape == validated["label"].shape == (1, 32, 32)
    assert tested["label"].shape == (1, 120, 90)


def test_what_is_found_in_the_view_is_put_back_into_the_image(read, tmp_path):
    """A bright square in tissue with a black rim, which a network's stand-in finds by its brightness."""
    grey, mask = np.zeros((150, 200), dtype=np.uint8), np.zeros((150, 200), dtype=np.uint8)
    grey[20:130, 30:170] = np.random.default_rng(0).integers(60, 100, (110, 140))
    grey[50:90, 60:120], mask[50:90, 60:120] = 255, 255
    for name, pixels in {"image": grey, "mask": mask}.items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    parser = read(ARMS["student"], image_size=96)
    item = {"image": str(tmp_path / "image.png"), "label": [str(tmp_path / "mask.png")]}
    item = parser.get_parsed_content("test#preprocessing")(item)
    assert item["image"].shape == (1, 96, 96)
    assert (item["image"] > 0.9).float().mean() > 1.5 * mask.mean() / 255  # the rim is cut off
    bright = (item["image"] > 0.7).float().as_tensor()
    item["pred"] = MetaTensor(torch.cat([1 - bright, bright]))
    for step in parser.get_parsed_content("test#postprocessing").transforms[1:3]:
        item = step(item)
    both = (item["pred"][1] * item["label"][1]).sum()
    assert 2 * both / (item["pred"][1] + item["label"][1]).sum() > 0.94


def test_a_specialist_learns_from_both_classes_and_is_chosen_by_its_own(read):
    parser = read(ARMS["specialist"], own_class_factor=4)
    classes = [item["class"] for item in parser.get_parsed_content("train_data")]
    assert set(classes) == {"benign", "malignant"}
    assert {item["class"] for item in parser.get_parsed_content("val_data")} == {"malignant"}
    weights = parser.get_parsed_content("train#dataloader").sampler.weights
    assert weights.tolist() == [4.0 if name == "malignant" else 1.0 for name in classes]
    assert parser.get_parsed_content("learning_rate") == 0.0005
    assert read(ARMS["specialist"], initial_weights="model.pt").get_parsed_content("learning_rate") == 0.0001


def test_both_names_of_the_schedule_mean_the_same():
    alone, distill = (ConfigParser.load_config_file(CONFIGS / f"recipe_{name}.yaml") for name in ("alone", "distill"))
    assert alone == distill


def test_a_specialist_is_not_made_from_weights_that_are_not_there(read):
    with pytest.raises(RuntimeError) as raised:  # as which MONAI tells it; what the user sees is its cause
        read(ARMS["specialist"], initial_weights="absent.pt").get_parsed_content("network")
    assert isinstance(raised.value.__cause__, InputError)
    assert str(raised.value.__cause__) == "--initial_weights 'absent.pt': no such file"


def test_another_seed_is_of_everything_that_is_drawn(read):
    parser = read([*ARMS["teacher"], "another_seed.yaml"], seed=3)
    seeds = [each for each in parser.get_parsed_content("train#handlers") if isinstance(each, EpochSeed)]
    assert [each.seed for each in seeds] == [103]
    assert any("set_determinism(seed=@training_seed," in str(step) for step in parser["initialize"])
    plain = read(ARMS["teacher"], seed=3)
    assert [each.get_parsed_content("training_seed") for each in (parser, plain)] == [103, 3]
    assert parser.get_parsed_content("train_data") == plain.get_parsed_content("train_data")


@pytest.mark.parametrize("chosen", [{}, {"test_folds": [0, 1], "validation_fold": 2}, {"test_folds": []}])
def test_teachers_learn_from_the_folds_of_their_student(chosen, phantoms, tmp_path):
    student = ConfigParser(ConfigParser.load_config_files([str(CONFIGS / "distill.yaml")]))
    teacher = ConfigParser(ConfigParser.load_config_files([str(CONFIGS / "train_benign_teacher.yaml")]))
    for key, value in {"dataset_dir": str(phantoms), "output_dir": str(tmp_path), **chosen}.items():
        student[key] = value
    for key in student["teacher_files#options"]:
        teacher[key] = student.get_parsed_content(f"teacher_files#options#{key}")
    for part in ("train_data#folds", "val_data#folds", "test_data#folds"):
        assert teacher.get_parsed_content(part) == student.get_parsed_content(part)


def test_folds_of_a_file_are_all_learned_from(phantoms):
    files = [str(CONFIGS / name) for name in ("train.json", "several_datasets.yaml")]
    parser = ConfigParser(ConfigParser.load_config_files(files))
    parser["dataset_dir"], parser["datalist"] = [str(phantoms)], {"num_folds": 10}
    assert parser.get_parsed_content("train_data#folds") == list(range(2, 10))


def test_teachers_of_a_distillation_are_those_that_their_configs_train():
    distill = ConfigParser(
        ConfigParser.load_config_files([str(CONFIGS / n) for n in (*DISTILL, "lite2_teachers.yaml")])
    )
    for name, configs in distill["teacher_files#configs"].items():
        files = [str(CONFIGS / config.split("/")[-1].rstrip("'")) for config in configs]
        trained = ConfigParser(ConfigParser.load_config_files(files))
        own = {"_disabled_": f"$'{name}' not in @teacher_weights", "presence_head": "@teacher_presence_head"}
        given = distill[f"teacher_defs#{name}"]
        assert given == {**trained["network_def"], **own, "encoder_weights": given["encoder_weights"]}
        assert distill["teacher_memory_format"] == trained["memory_format"]
        assert f"{name}_teacher" in distill.get()
        assert set(distill["teacher_files#options"]) - set(trained.get()) <= {"initial_weights"}
    assert set(distill["teacher_files#files"]) == set(distill["teacher_files#configs"]) == set(distill["teacher_defs"])


def test_the_recipes_weight_decay_is_the_students_alone():
    distill = ConfigParser(ConfigParser.load_config_files([str(CONFIGS / name) for name in DISTILL]))
    distill["teachers"] = {"benign": torch.nn.Linear(2, 2)}
    distill["network"] = torch.nn.Linear(2, 2)
    (teachers,) = distill.get_parsed_content("teacher_optimizers")["benign"].param_groups
    (student,) = distill.get_parsed_content("optimizer").param_groups
    assert (teachers["weight_decay"], teachers["lr"]) == (0.0005, 0.0001)
    assert student["weight_decay"] == 0.01


@pytest.mark.parametrize(
    ("name", "preset"), [("teachers", "recipe"), ("left_out", "shipped"), ("longer", "longer"), ("unseen", "unseen")]
)
def test_the_experiments_options_are_known_to_their_configs(name, preset):
    plan = read_plan(ROOT / "experiments" / f"{name}.yaml")
    for cell in plan.cells(preset):
        configs = [str(CONFIGS / name) for name in plan.trainings[cell.training].configs]
        known = ConfigParser(ConfigParser.load_config_files(configs)).get()
        for option in [*plan.options(cell), *plan.sources(cell)]:
            assert option in known, f"{cell.training}: {option}"
