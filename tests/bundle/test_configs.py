# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from monai.bundle import ConfigParser

from scripts.bundle.command_line import parse_command_line, read_options
from scripts.bundle.config_review import review
from scripts.bundle.configs import load_configs, read_config
from scripts.errors import InputError
from tests.configs.test_configs import CONFIGS

TWICE = {"own.yaml": "epochs: 1\nseed: 0\nepochs: 2\n", "own.json": '{"epochs": 1, "train": {"a": 1, "a": 2}}'}


@pytest.mark.parametrize(("name", "key"), [("own.yaml", "epochs"), ("own.json", "a")])
def test_a_key_that_stands_twice_is_refused_with_its_file(tmp_path, name, key):
    path = tmp_path / name
    path.write_text(TWICE[name])
    message = f"{name}: the key '{key}' stands twice; remove one of them"
    files = [str(CONFIGS / "train.json"), str(path)]
    words = ["/lib/monai/bundle/__main__.py", "run", "--config_file", str(files[0])]
    for read in (
        lambda: read_config(files),
        lambda: review(files),
        lambda: read_options(parse_command_line([*words[:-1], str(files)])),
        lambda: read_options(parse_command_line([*words, "--args_file", str(path)])),
    ):
        with pytest.raises(InputError, match=message):
            read()


def test_overlays_are_merged_as_monai_does():
    files = [
        str(CONFIGS / name) for name in ("distill.yaml", "recipe.yaml", "recipe_distill.yaml", "lite2_teachers.yaml")
    ]
    assert load_configs(files) == ConfigParser.load_config_files(files)
