# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch

from scripts.networks import StuNet
from scripts.networks.complexity import count, count_all, table
from scripts.networks.registry import NETWORKS
from tests.paths import ROOT

PAGE = ROOT / "docs" / "networks.md"
PUBLISHED = {name: entry for name, entry in NETWORKS.items() if entry.published}
# The paper's 30.0 M for U-Net3+ is a misprint: its 104 MB are 27.0 M parameters of 4 bytes, and its operations those of
# the network with this many.
SLIPS = {"U-Net3+": 26.975}


@pytest.fixture(scope="module")
def counts():
    return count_all()


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_operations_are_the_published_ones(counts, name):
    published = PUBLISHED[name].published
    parameters, gflops = counts[name]
    # The paper rounds parameters to 0.1 M, which for the student is more than half a percent.
    assert parameters == pytest.approx(SLIPS.get(name, published.parameters), rel=0.005, abs=0.05)
    assert gflops == pytest.approx(published.gflops, rel=0.005)


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "StuNet": 2_162_146,
        "TeachNet": 106_060_206,
        "U-Net": 34_527_106,
        "U-Net++": 36_629_698,
        "U-Net3+": 26_974_658,
        "Attention U-Net": 34_878_638,
    }.items(),
)
def test_exact_parameter_counts(name, expected):
    """The counts of the variants the authors ran, to the weight."""
    with torch.device("meta"):
        network = NETWORKS[name].build(in_channels=3)
    assert sum(p.numel() for p in network.parameters()) == expected


def test_counting_leaves_the_network_as_it_was():
    network = StuNet(features=(4, 8, 16))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    count(network, (1, 64, 64))
    assert network.training
    torch.testing.assert_close(dict(network.state_dict()), before)


def test_the_page_has_the_table_of_the_command(counts):
    lines = table(counts).splitlines()
    lines = [line for line in lines if "segmentation_models_pytorch" not in line]  # not everywhere installed
    told = "docs/networks.md needs the table that `python -m scripts complexity` prints"
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8"), told
