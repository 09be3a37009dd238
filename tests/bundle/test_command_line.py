# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest

from scripts.bundle.command_line import parse_command_line, read_command_line
from scripts.errors import InputError
from tests.paths import CONFIGS


def argv(*words, config=f"{CONFIGS / 'train.json'}"):
    return ["/lib/monai/bundle/__main__.py", "run", "--config_file", config, *words]


def read(*words, **options):
    resolved = {}
    read_command_line(resolved, argv(*words, **options))
    return resolved


@pytest.mark.parametrize("text", ["false", "False", "FALSE", "no", "off", "0", "n"])
@pytest.mark.parametrize("name", ["overwrite", "resume", "amp"])
def test_every_spelling_of_no_is_no(name, text):
    assert read(f"--{name}", text) == {name: False}
    assert read(f"--{name}={text}") == {name: False}


@pytest.mark.parametrize(
    "words", [("--overwrite", "true"), ("--overwrite", "Yes"), ("--overwrite", "on"), ("--overwrite",)]
)
def test_every_spelling_of_yes_is_yes(words):
    assert read(*words) == {"overwrite": True}


@pytest.mark.parametrize("text", ["maybe", "2", "'$x'", "none"])
def test_what_is_neither_is_refused(text):
    with pytest.raises(InputError, match="--overwrite .*: must be true or false"):
        read("--overwrite", text)


@pytest.mark.parametrize(
    "text",
    ["run#2", "2024", "1e3", "2026_11_25", "a, b", "[1]", "{a}", "true", "None of it", "100%", "it's", "a@b", "x$y"],
)
def test_a_path_is_taken_as_typed(text):
    assert read("--output_dir", text) == {"output_dir": text}


@pytest.mark.parametrize("text", ["$HOME/x", "@x", "%x"])
def test_a_path_that_begins_as_an_expression_is_refused(text):
    with pytest.raises(InputError, match=r"--output_dir .*: starts with .*; write \./"):
        read("--output_dir", text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "3", 3),
        ("learning_rate", "1e-3", 0.001),
        ("classes", "benign,malignant", ["benign", "malignant"]),
        ("classes", "['benign', 'normal']", ["benign", "normal"]),
        ("classes", "('benign','normal')", ["benign", "normal"]),
        ("classes", "benign", ["benign"]),
        ("test_folds", "[0, 2]", [0, 2]),
        ("test_folds", "1", [1]),
        ("datalist_file", "null", None),
    ],
)
def test_numbers_and_lists(name, text, value):
    assert read(f"--{name}", text) == {name: value}


@pytest.mark.parametrize(
    ("name", "text"),
    [("epochs", "3.5"), ("epochs", "many"), ("fold", "-1"), ("learning_rate", "nan"), ("test_folds", "a")],
)
def test_another_type_is_refused_with_the_option(name, text):
    with pytest.raises(InputError, match=f"--{name} {text}: must be "):
        read(f"--{name}", text)


def test_expressions_and_components_are_monais():
    assert read("--batch_size", "$@image_size // 8", "--network_def#features", "[4, 8]", "--loss", "{}") == {}


def test_options_of_the_config_and_of_monai_are_taken():
    words = ("--epochs", "3", "--network_def#features", "[4, 8]", "--bundle_root", ".", "--image_size=64")
    typed = read(*words, "--logging_file", "x.conf", "--network_def::in_channels", "3")
    assert typed == {"epochs": 3, "bundle_root": ".", "image_size": 64}


def test_options_of_an_overlay_are_taken():
    files = [str(CONFIGS / "train.json"), str(CONFIGS / "evaluate.json")]
    assert read("--whole_dataset", "no", config=str(files)) == {"whole_dataset": False}
    assert read("--whole_dataset", "yes", config=",".join(files)) == {"whole_dataset": True}


@pytest.mark.parametrize("words", [("--epoch", "3"), ("--epoch=3",), ("--dataset", "BUSI")])
def test_a_misspelled_option_is_told_with_what_is_near(words):
    name = words[0].split("=")[0]
    with pytest.raises(InputError, match=f"{name}: no such option in .*; did you mean --(epochs|datalist)?"):
        read(*words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-sead", "3"), "-sead: not an option.*did you mean --seed"),
        (("--classes", "benign", "malignant"), "malignant: not an option"),
        (("—seed", "3"), "—seed: not an option"),
    ],
)
def test_words_that_are_no_options(words, message):
    with pytest.raises(InputError, match=message):
        read(*words)


@pytest.mark.parametrize("words", [("--epochs", "3", "--epochs", "4"), ("--split-seed=1", "--split_seed", "1")])
def test_an_option_is_given_once(words):
    with pytest.raises(InputError, match=r"--(epochs|split_seed): given twice; give it once"):
        read(*words)


def test_a_negative_number_is_a_value():
    assert parse_command_line(argv("--seed", "-3")).options == {"seed": "-3"}


def test_options_below_a_section():
    assert read("--train#dataloader#pin_memory", "true") == {}
    with pytest.raises(InputError, match="--train#foo: no such option in .*: no 'foo'"):
        read("--train#foo", "3")


def test_options_of_an_args_file(tmp_path):
    file = tmp_path / "args.json"
    file.write_text(json.dumps({"config_file": str(CONFIGS / "train.json"), "overwrite": "no", "epochs": 2}))
    resolved = {}
    read_command_line(resolved, ["/lib/monai/bundle/__main__.py", "run", "--args_file", str(file), "--epochs", "5"])
    assert resolved == {"overwrite": False, "epochs": 5}
    file.write_text(json.dumps({"config_file": str(CONFIGS / "train.json"), "sead": 3}))
    with pytest.raises(InputError, match="--sead: no such option .*did you mean --seed"):
        read_command_line(resolved, ["/lib/monai/bundle/__main__.py", "run", "--args_file", str(file)])


def test_an_args_file_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="--args_file .*nowhere.json: cannot be read"):
        read_command_line({}, ["/lib/monai/bundle/__main__.py", "run", "--args_file", str(tmp_path / "nowhere.json")])


def test_the_command_line_of_another_program_is_its_own():
    resolved = {}
    read_command_line(resolved, ["/bin/pytest", "run", "--foo", "1"])
    assert resolved == {}


def test_tracking_without_its_package_is_one_line(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match="--tracking mlflow: needs mlflow: .*requirements-tracking.txt"):
        read("--tracking", "mlflow")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "network_def",
            "{'_target_': 'UNett', 'spatial_dims': 2}",
            "--network_def UNett: there is no such class or function; did you mean UNet?",
        ),
        (
            "network_def",
            "{'_target_': 'scripts.networks.None_'}",
            "--network_def scripts.networks.None_: there is no such class",
        ),
        (
            "network_def",
            "UNet",
            "--network_def UNet: must define a component with its arguments, such as \"{'_target_': ",
        ),
        (
            "network_def",
            "{'_target_': 'UNet', 'spatial_dims': 2, 'strides': [2]}",
            "--network_def UNet: needs in_channels, out_channels, channels as well; add",
        ),
        ("loss", "{'_target_': 'DiceLosss'}", "--loss DiceLosss: there is no such class or function"),
    ],
)
def test_a_component_that_cannot_be_made_is_told(name, text, told):
    with pytest.raises(InputError) as caught:
        read(f"--{name}", text)
    assert str(caught.value).startswith(told)


def test_components_that_can_be_made():
    read("--network_def", "{'_target_': 'BasicUNet', 'spatial_dims': 2, 'out_channels': 2}")
    read("--network_def", "{'_target_': 'UNet', 'spatial_dims': 2}", "--network_def#strides", "[2]")
    read("--network_def", "$torch.nn.Conv2d(1, 2, 1)")
    read("--network_def#features", "[8, 8, 4, 4]")
    read("--network_def", "{'_target_': 'scripts.networks.StuNet'}")
