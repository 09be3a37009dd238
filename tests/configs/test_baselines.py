# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The overlays on train.json that train the networks to compare with."""

from __future__ import annotations

import pytest
import torch
from monai.bundle import ConfigParser

from scripts.networks.registry import NETWORKS
from tests.paths import CONFIGS, ROOT

BASELINES = sorted((CONFIGS / "baselines").glob("*.yaml"))
ENTRIES = {entry.overlay: entry for entry in NETWORKS.values() if entry.overlay}
PEERS = {"smp_mobilenet_v2": "segmentation_models_pytorch"}


def read(*paths):
    parser = ConfigParser()
    parser.read_config([str(path) for path in paths])
    return parser


def pins(name):
    lines = (ROOT / name).read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def shapes(network):
    return {name: value.shape for name, value in network.state_dict().items()}


@pytest.fixture(params=BASELINES, ids=lambda path: path.stem)
def baseline(request):
    return request.param


def test_all_are_known():
    assert {path.stem for path in BASELINES} == set(ENTRIES)


def test_a_network_that_runs(baseline):
    if baseline.stem in PEERS:
        pytest.importorskip(PEERS[baseline.stem])
    network = read(CONFIGS / "train.json", baseline).get_parsed_content("network_def").eval()
    with torch.no_grad():
        assert network(torch.rand(1, 1, 32, 64)).shape == (1, 2, 32, 64)
    with torch.device("meta"):
        expected = ENTRIES[baseline.stem].build()
    assert type(network) is type(expected)
    assert shapes(network) == shapes(expected)


def test_nothing_but_the_network_and_its_names_differs(baseline):
    train, overlaid = read(CONFIGS / "train.json").get(), read(CONFIGS / "train.json", baseline).get()
    assert {key for key in train if train[key] != overlaid[key]} == {"network_def", "output_dir", "network_name"}
    assert set(train) == set(overlaid)
    assert overlaid["network_name"] != train["network_name"]
    assert train["settings"]["trained"] == "@network_name"
    assert overlaid["output_dir"] == f"$@bundle_root + '/eval/{baseline.stem}'"


def test_an_evaluation_describes_itself(baseline):
    """Not as the training whose network it takes."""
    parser = read(CONFIGS / "train.json", baseline, CONFIGS / "evaluate.json")
    evaluation = ConfigParser.load_config_file(CONFIGS / "evaluate.json")
    assert parser["network_def"] == ConfigParser.load_config_file(baseline)["network_def"]
    for key in ("settings", "network_name", "output_dir", "run"):
        assert parser[key] == evaluation[key]


def test_the_environment_of_the_other_library_has_the_same_versions_otherwise():
    own, other = pins("requirements.txt"), pins("requirements-smp.txt")
    assert set(other) - set(own) == {"torchvision", "segmentation-models-pytorch"}
    assert {name for name in own if own[name] != other[name]} == {"torch"}
