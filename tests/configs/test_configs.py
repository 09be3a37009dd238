# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import pickle
import re

import jsonschema
import numpy as np
import pytest
import torch
from ignite.engine import Engine
from monai.bundle import ConfigParser
from monai.bundle.utils import merge_kv
from PIL import Image

from scripts.prediction.network import load_network
from tests.paths import CONFIGS, METADATA_SCHEMA, ROOT

OWN_CONFIGS = sorted(
    path for path in CONFIGS.rglob("*") if path.suffix in (".json", ".yaml") and path.name != "metadata.json"
)
TRAINING = ("train.json", "train_benign_teacher.yaml", "train_malignant_teacher.yaml", "distill.yaml")


def config(name):
    parser = ConfigParser()
    parser.read_config(str(CONFIGS / name))
    return parser


# Every config runs alone, so they repeat each other. What is repeated must be the same: these are the ids that a
# config may have of its own, with what they are about.
OWN = {
    "output_dir", "network_name", "classes", "memory_format", "network_def", "loss", "optimizer", "settings", "train",
    "initialize", "run", "imports",
}  # fmt: skip
# train.json also trains on what MONAI Label gives: without a data set it has no phantoms, the weights' image size and
# presence head, a step for fine-tuning, and a folder that it may use again.
APPLICATION = {
    "images_dir", "image_size", "epochs", "learning_rate", "overwrite", "checkpoint_interval", "presence_head",
    "hard_loss",
}  # fmt: skip
PUBLISHING = {"publish", "publish_if_worse", "hard_losses"}  # and it replaces the bundle's weights
DISTILLING = {
    "benign_teacher", "malignant_teacher", "teachers_dir", "teacher_mode", "teacher_image_size", "teacher_epochs",
    "teacher_batch_size", "teacher_memory_format", "teacher_learning_rate", "teacher_weight_decay", "teacher_defs",
    "hard_weight", "mixed_teacher", "teacher_routing", "unlabelled_dir", "unlabelled_ratio", "unlabelled_data",
    "sections", "teacher_weights", "temperature", "teacher_classes", "teacher_files", "teachers", "teacher_optimizers",
}  # fmt: skip


@pytest.mark.parametrize("name", TRAINING)
def test_trainers_give_decollated_output(name):
    """``--tracking mlflow`` reads the loss of each image's output, as MONAI's other handlers do."""
    assert config(name).get()["train"]["trainer"].get("decollate", True)


@pytest.mark.parametrize("name", TRAINING[1:])
def test_repeated_definitions_are_equal(name):
    first, other = config(TRAINING[0]).get(), config(name).get()
    assert set(other) - set(first) == (DISTILLING if name == "distill.yaml" else set())
    assert set(first) - set(other) == PUBLISHING
    for key in set(first) - OWN - APPLICATION - PUBLISHING:
        assert first[key] == other[key], key
    for key in APPLICATION:
        assert config(TRAINING[1]).get(key) == other[key], key
    assert set(other["train"]) - set(first["train"]) == ({"teacher_inferer"} if name == "distill.yaml" else set())
    mixed = (
        {"dataset", "sampler", "dataloader"} if name == "distill.yaml" else set()
    )  # annotated and other images in a batch
    for key in set(first["train"]) - {"handlers", "checkpoint", "trainer"} - mixed:
        assert first["train"][key] == other["train"][key], key
    # The trainer that distils has a `LossMonitor` for all its terms.
    own = [{"_target_": "scripts.handlers.LossMonitor"}] if name == "distill.yaml" else []
    assert first["train"]["handlers"] == [*own, *other["train"]["handlers"]]
    for key in ("checkpoint", "trainer"):
        assert {k: other["train"][key][k] for k in set(first["train"][key]) - {"_target_"}} == {
            k: value for k, value in first["train"][key].items() if k != "_target_"
        }, key


def test_the_teachers_configs_differ_in_the_class_alone():
    benign, malignant = ((CONFIGS / name).read_text() for name in TRAINING[1:3])
    assert benign.replace("benign", "malignant") == malignant


def test_inference_prepares_images_as_the_training_of_the_weights_does():
    inference, train = config("inference.json"), config("train.json")
    of_inference, of_training = inference["preprocessing"]["transforms"], train["transforms"]
    recipe = ConfigParser.load_config_files([str(CONFIGS / "train.json"), str(CONFIGS / "recipe.yaml")])["transforms"]
    names = ("crop_image", "resize_image", "scale_to_255", "image_to_8_bits", "from_8_bits")
    of_recipe = [recipe[name] for name in names]
    assert "shows_tissue" in of_inference[1].pop("select_fn") and of_recipe[0].pop("select_fn") == "@field_of_view"
    assert of_inference[1:] == of_recipe
    assert of_training["resize"]["mode"][0] == of_training["resize_image"]["mode"]
    for name, resize in (
        ("train#deterministic_transforms", "resize"),
        ("test#preprocessing#transforms", "resize_image"),
    ):
        steps = ("load_image", "load_mask", resize, "scale_intensity")
        assert train[name] == [f"@transforms#{step}" for step in steps]
    # MONAI's export verbs instantiate the network alone, whatever the working directory.
    assert inference["network_def"].pop("_requires_") == inference["initialize"][0]
    assert inference["network_def"] == train["network_def"]
    # MONAI Label trains the weights that inference uses, without a dataset folder.
    train["dataset_dir"] = ""
    assert train.get_parsed_content("presence_head") is inference["presence_head"] is True


@pytest.mark.parametrize("name", TRAINING)
@pytest.mark.parametrize("schedule", ["ReduceLROnPlateau", "CosineAnnealingLR"])
def test_a_schedule_of_epochs_is_not_given_the_loss(name, schedule):
    """PyTorch takes what `step` is given for the number of an epoch."""
    parser = config(name)
    of_epochs = schedule == "CosineAnnealingLR"
    parser["lr_scheduler"] = {
        "_target_": f"torch.optim.lr_scheduler.{schedule}",
        "optimizer": "$torch.optim.SGD([torch.zeros(1)], lr=1.0)",
        **({"T_max": 4} if of_epochs else {}),
    }
    step_transform = parser.get_parsed_content("train#lr_schedule#step_transform")
    engine = Engine(lambda engine, batch: None)
    engine.state.metrics = {"loss": 0.5}
    assert step_transform(engine) == (() if of_epochs else 0.5)


@pytest.mark.parametrize("name", TRAINING)
def test_defaults_are_the_papers_where_there_is_a_dataset(name):
    parser = config(name)
    parser["dataset_dir"] = "a folder"
    expected = {
        "image_size": 512, "epochs": 20, "batch_size": 8, "learning_rate": 1e-3, "weight_decay": 5e-4,
    }  # fmt: skip
    assert {key: parser.get_parsed_content(key) for key in expected} == expected
    assert parser["optimizer"]["_target_"] == "torch.optim.Adam"
    assert (parser["lr_scheduler"]["factor"], parser["lr_scheduler"]["patience"]) == (0.1, 3)
    if name == "distill.yaml":
        assert parser["teacher_mode"] == "finetune"
        assert (parser["hard_weight"], parser["teacher_weights"]) == (0.3, {"benign": 0.5, "malignant": 0.2})


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA", "1", "I;16", "F"])
def test_inference_reads_images_as_training_does(mode, tmp_path):
    """By MONAI's own reader, since MONAI Deploy has no other; also deep grey, which must not end up white."""
    grey = np.random.default_rng(0).integers(0, 256, (20, 30), dtype=np.uint8)
    deep = {"I;16": grey.astype(np.uint16) * 200, "F": grey.astype(np.float32) / 255}
    picture = Image.fromarray(deep[mode]) if mode in deep else Image.fromarray(grey).convert(mode)
    path = tmp_path / ("image.tif" if mode in deep else "image.png")
    picture.save(path)
    keys = {"inference.json": "preprocessing#transforms#0", "train.json": "transforms#load_image"}
    read = [config(name).get_parsed_content(key)({"image": str(path)})["image"] for name, key in keys.items()]
    assert read[0].shape == (1, 30, 20)
    assert torch.equal(read[0], read[1])
    if mode != "1":
        scaled = (read[0] - read[0].min()) / (read[0].max() - read[0].min())
        expected = (grey.T - grey.min()) / np.ptp(grey)
        np.testing.assert_allclose(scaled[0], expected, atol=0.02)


@pytest.mark.parametrize("name", TRAINING)
def test_transforms_can_be_sent_to_worker_processes(name):
    """Which are not forked on every system."""
    parser = config(name)
    parser["image_size"] = 32
    pickle.dumps(parser.get_parsed_content("train#preprocessing"))


def test_metadata_at_the_root_is_that_of_the_configs():
    assert (ROOT / "metadata.json").read_bytes() == (CONFIGS / "metadata.json").read_bytes()


def test_required_versions_are_the_pinned_ones():
    pinned = dict(
        line.split("==") for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")
    )
    metadata = json.loads((CONFIGS / "metadata.json").read_text())
    main = {"monai": "monai_version", "torch": "pytorch_version", "numpy": "numpy_version"}
    assert {name: metadata[key] for name, key in main.items()} == {name: pinned[name] for name in main}
    assert metadata["required_packages_version"] == {k: v for k, v in pinned.items() if k not in main}


def test_version_is_in_the_changelog():
    metadata = json.loads((CONFIGS / "metadata.json").read_text())
    assert metadata["version"] in metadata["changelog"]


def test_metadata_has_the_figures_of_the_result_files():
    results = {
        "busi": "shipped/all/fold0/seed0/busi_left_out",
        "breast": "shipped/all/fold0/seed0/breast_left_out",
        "busbra": "shipped/all/fold0/seed0/bus_bra_left_out",
    }
    stated = json.loads((CONFIGS / "metadata.json").read_text())["eval_metrics"]
    for name, value in stated.items():
        data, _, figure = name.partition("_")
        measured = json.loads((ROOT / "docs" / "results" / results[data] / "metrics.json").read_text())
        assert value == round(measured[figure]["mean"], 3), name


@pytest.mark.skipif(not METADATA_SCHEMA.is_file(), reason=f"the metadata schema is not in {METADATA_SCHEMA.parent}")
def test_metadata_is_valid_under_the_schema():
    jsonschema.validate(json.loads((CONFIGS / "metadata.json").read_text()), json.loads(METADATA_SCHEMA.read_text()))


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.json")), ids=lambda path: path.name)
def test_json_has_the_zoos_format(path):
    content = json.loads(path.read_text())
    if path.name != "metadata.json":
        assert path.read_text() == json.dumps(content, indent=4) + "\n"


def test_shipped_weights_are_the_students_alone():
    weights = ROOT / "models" / "model.pt"
    if not weights.is_file():
        pytest.skip("no weights are shipped in this checkout")
    assert weights.stat().st_size < 25e6
    network = config("inference.json").get_parsed_content("network_def")
    assert set(torch.load(weights, weights_only=True)) == set(network.state_dict())
    assert sum(p.numel() for p in network.parameters()) <= 2.2e6


def test_the_papers_student_is_beside_them_with_a_calibration_of_its_own():
    network = load_network([CONFIGS / "inference.json", CONFIGS / "stunet_inference.yaml"], device="cpu")
    assert (network.settings["network"], network.settings["image_size"]) == ("StuNet", 224)
    assert network.weights == ROOT / "models" / "stunet" / "model_stunet.pt"
    assert network.calibration().weights == network.settings["weights"]
    assert network.calibration() != load_network(device="cpu").calibration()


@pytest.mark.parametrize("path", OWN_CONFIGS, ids=lambda path: path.name)
def test_nothing_is_addressed_by_its_position_in_a_list(path):
    """So that one more handler, transform or step breaks no overlay."""

    def texts(content):
        if isinstance(content, dict):
            return [text for key, value in content.items() for text in (str(key), *texts(value))]
        return [text for value in content for text in texts(value)] if isinstance(content, list) else [str(content)]

    assert not [text for text in texts(ConfigParser.load_config_file(path)) if re.search(r"(#|::)\d", text)]


@pytest.mark.parametrize("path", [p for p in OWN_CONFIGS if p.suffix == ".yaml"], ids=lambda path: path.name)
def test_every_key_of_a_yaml_config_has_a_comment(path):
    """In its line, on what stands in it, or above its group of keys."""
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [i for i, line in enumerate(lines) if re.match(r"[\w+][\w#]*:", line)]
    assert len(keys) == len(ConfigParser.load_config_file(path))
    for key, after in zip(keys, [*keys[1:], len(lines)]):
        above = "\n".join(lines[:key]).rpartition("\n\n")[2].splitlines()
        group = any(re.match("# (?!----)", line) for line in above)
        assert group or any(" # " in line for line in lines[key:after] if not line.startswith("#")), lines[key]


@pytest.mark.parametrize("path", [p for p in OWN_CONFIGS if p.suffix == ".json"], ids=lambda path: path.name)
def test_every_key_of_a_json_config_is_in_the_table_of_its_page(path):
    page = (ROOT / "docs" / "configs.md").read_text(encoding="utf-8")
    table = page[page.index("| key | config | meaning |") :]
    rows = re.findall(r"^\| (`.*?) \| ([\w, ]+) \| ([^|]+) \|$", table, flags=re.MULTILINE)
    described = {(key, config) for keys, configs, _ in rows for key in re.findall(r"`(.*?)`", keys)
                 for config in configs.split(", ")}  # fmt: skip
    names = {path.stem, path.stem.rpartition("_")[0]}
    assert [key for key in json.loads(path.read_text()) if not {(key, name) for name in names} & described] == []


def test_a_handler_more_leaves_the_overlays_as_they_are():
    """Also one before all others, where MONAI Label puts its own."""
    merged = ConfigParser.load_config_files([str(CONFIGS / "train.json"), str(CONFIGS / "recommended.yaml")])
    changed = json.loads((CONFIGS / "train.json").read_text())
    changed["train"]["handlers"].insert(0, {"_target_": "GarbageCollector"})
    parser = ConfigParser(changed)
    for key, value in ConfigParser.load_config_file(CONFIGS / "recommended.yaml").items():
        merge_kv(parser, key, value)
    assert parser["train"].pop("handlers")[1:] == merged["train"].pop("handlers")
    assert parser.get() == merged


@pytest.mark.parametrize("name", TRAINING)
def test_handlers_are_whole_definitions(name):
    """As MONAI's property check and MONAI Label read them."""
    assert all("_target_" in handler for part in ("train", "validate") for handler in config(name)[part]["handlers"])


@pytest.mark.parametrize("name", TRAINING)
def test_the_seed_of_the_split_is_that_of_the_datalist_file(name):
    parser = config(name)
    parser["datalist"], parser["split_seed"] = {"seed": 3, "num_folds": 5}, 9
    assert parser.get_parsed_content("settings#split_seed") == 3
