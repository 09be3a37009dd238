# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Misspelt keys of overlays, which MONAI would add to the config without using them."""

from __future__ import annotations

import pytest

from scripts.bundle.command_line import check_names, parse_command_line
from scripts.bundle.overlay_keys import check_overlay_keys
from scripts.errors import InputError
from tests.paths import ROOT

CONFIGS = ROOT / "configs"
RECIPE = ("recipe.yaml", "recipe_alone.yaml")


@pytest.mark.parametrize(
    "names",
    [
        ("train.json", *RECIPE, "pretrained_student.yaml", "several_datasets.yaml", "presence.yaml"),
        ("train.json", "multi_gpu_train.json"),
        ("train.json", "evaluate.json", "multi_gpu_evaluate.json"),
        ("train.json", "recommended.yaml"),
        *(("train.json", f"baselines/{path.name}") for path in sorted((CONFIGS / "baselines").glob("*.yaml"))),
        ("distill.yaml", "recipe.yaml", "recipe_distill.yaml", "lite2_teachers.yaml", "presence.yaml"),
        ("train_benign_teacher.yaml", "train_mixed_teacher.yaml", *RECIPE, "lite2_teacher.yaml", "another_seed.yaml"),
        ("train_malignant_teacher.yaml", *RECIPE, "lite2_teacher.yaml", "several_datasets.yaml", "specialist.yaml"),
        ("inference.json", "stunet_inference.yaml"),
    ],
)
def test_the_keys_of_the_bundles_overlays_are_used(names):
    check_overlay_keys([str(CONFIGS / name) for name in names])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("temprature: 3.0", "temprature: .*has no such key, and nothing refers to it; did you mean temperature?"),
        ("train#randm_transforms: []", "did you mean train#random_transforms?"),
        ("+train#hanlders: []", "did you mean .train#handlers?"),
        ("colour: red", "colour: .* nothing refers to it; remove it"),
    ],
)
def test_a_misspelt_key_is_told_with_what_is_near(text, message, tmp_path):
    overlay = tmp_path / "own.yaml"
    overlay.write_text(text)
    with pytest.raises(InputError, match=message):
        check_overlay_keys([str(CONFIGS / "distill.yaml"), str(overlay)])


def test_new_keys_that_are_used_are_taken(tmp_path):
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "own_rate: 0.01\nlearning_rate: '@own_rate'\nsettings#own_rate: '@own_rate'\n_note: of ours\n"
        "network_def#dropout: 0.1\nfrom_outside: 3\n"
    )
    check_overlay_keys([str(CONFIGS / "distill.yaml"), str(overlay)], ["$@from_outside + 1"])


def test_a_network_and_its_definition_are_not_given_together():
    words = ["monai.bundle", "run", "--config_file", str(CONFIGS / "distill.yaml"), "--network", "{}"]
    with pytest.raises(InputError, match="--network --network_def#features: .*give one of them"):
        check_names(parse_command_line([*words, "--network_def#features", "[8, 16]"]))
