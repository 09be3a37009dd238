# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What holds for every network of the registry."""

from __future__ import annotations

import re

import pytest
import torch

from scripts import networks
from scripts.networks import AttentionUNet, EfficientUNet, StuNet, TeachNet, UNet3Plus, UNetPlusPlus
from scripts.networks.registry import NETWORKS
from tests.paths import ROOT

PAGE = ROOT / "docs" / "networks.md"
# The bundle's own classes, with arguments that make them small.
OWN = {
    entry.network: entry.small
    for entry in NETWORKS.values()
    if isinstance(entry.network, type) and entry.network.__module__.startswith("scripts.")
}


def small(network_class, **kwargs):
    return network_class(**kwargs, **OWN[network_class])


def test_every_network_of_the_registry_is_exported_and_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    for network_class in OWN:
        assert getattr(networks, network_class.__name__) is network_class
        assert re.search(rf"`(scripts\.networks\.)?{network_class.__name__}`", page), network_class.__name__
    for entry in NETWORKS.values():
        assert entry.overlay is None or f"`{entry.overlay}.yaml`" in page, entry.overlay


@pytest.mark.parametrize("network_class", OWN)
@pytest.mark.parametrize("size", [(32, 32), (33, 47), (1, 70), (95, 64)])
def test_any_image_size(network_class, size):
    network = small(network_class, in_channels=1, out_channels=3).eval()
    assert network(torch.rand(2, 1, *size)).shape == (2, 3, *size)


@pytest.mark.parametrize("network_class", OWN)
def test_volumes(network_class):
    network = small(network_class, spatial_dims=3).eval()
    assert network(torch.rand(1, 1, 20, 33, 18)).shape == (1, 2, 20, 33, 18)


@pytest.mark.parametrize("network_class", OWN)
def test_torchscript_predicts_the_same_at_any_size(network_class):
    network = small(network_class).eval()
    scripted = torch.jit.script(network)
    for size in ((64, 64), (45, 77)):
        x = torch.rand(1, 1, *size)
        with torch.no_grad():
            torch.testing.assert_close(scripted(x), network(x))


@pytest.mark.parametrize("network_class", OWN)
def test_padding_does_not_move_the_image(network_class):
    """A size that needs no padding, cut by a row and a column, predicts nearly the same where both see the image."""
    torch.manual_seed(0)
    network = small(network_class).eval()
    x = torch.rand(1, 1, 64, 64)
    x[..., -1, :] = x[..., -2, :]
    x[..., :, -1] = x[..., :, -2]
    with torch.no_grad():
        torch.testing.assert_close(network(x[..., :63, :63]), network(x)[..., :63, :63])


@pytest.mark.parametrize("network_class", OWN)
def test_every_weight_learns(network_class):
    network = small(network_class)
    network(torch.rand(2, 1, 64, 64)).square().mean().backward()
    without = [name for name, weight in network.named_parameters() if weight.grad is None]
    assert without == []


@pytest.mark.parametrize("network_class", [StuNet, UNetPlusPlus, UNet3Plus, AttentionUNet])
def test_wrong_features_are_named(network_class):
    with pytest.raises(ValueError, match=r"features must have at least two values, one per resolution, got \(16,\)"):
        network_class(features=(16,))


def test_wrong_layers_are_named():
    with pytest.raises(ValueError, match="features must have four values"):
        EfficientUNet(features=(8, 8))
    with pytest.raises(ValueError, match="must both have six or seven values"):
        EfficientUNet(layers=(1, 1))
    with pytest.raises(ValueError, match="layers must have four values"):
        TeachNet(layers=(3, 4, 23))
