# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch
from monai.networks.nets import resnet101

from scripts.complexity import PUBLISHED, count
from scripts.errors import InputError
from scripts.networks import StuNet, TeachNet

SMALL_TEACHER = {"features": (4, 8, 16, 32), "layers": (1, 1, 1, 1), "attention_features": (8, 4, 2, 2)}


def small(network_class, **kwargs):
    return network_class(**kwargs, **(SMALL_TEACHER if network_class is TeachNet else {"features": (4, 8, 16)}))


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_operations_are_the_published_ones(name):
    published = PUBLISHED[name]
    parameters, gflops = count(published.network(spatial_dims=2, in_channels=3, out_channels=2))
    # The paper rounds parameters to 0.1 M, which for the student is more than half a percent.
    assert parameters == pytest.approx(published.parameters, rel=0.005, abs=0.05)
    assert gflops == pytest.approx(published.gflops, rel=0.005)


def test_exact_parameter_counts():
    """The counts of the variants the authors ran, to the weight."""
    assert sum(p.numel() for p in StuNet(in_channels=3).parameters()) == 2_162_146
    assert sum(p.numel() for p in TeachNet(in_channels=3).parameters()) == 106_060_206


@pytest.mark.parametrize("network_class", [StuNet, TeachNet])
@pytest.mark.parametrize("size", [(32, 32), (33, 47), (1, 70), (95, 64)])
def test_any_image_size(network_class, size):
    network = small(network_class, in_channels=1, out_channels=3).eval()
    assert network(torch.rand(2, 1, *size)).shape == (2, 3, *size)


@pytest.mark.parametrize("network_class", [StuNet, TeachNet])
def test_volumes(network_class):
    network = small(network_class, spatial_dims=3).eval()
    assert network(torch.rand(1, 1, 20, 33, 18)).shape == (1, 2, 20, 33, 18)


@pytest.mark.parametrize("network_class", [StuNet, TeachNet])
def test_torchscript_predicts_the_same_at_any_size(network_class):
    network = small(network_class).eval()
    scripted = torch.jit.script(network)
    for size in ((64, 64), (45, 77)):
        x = torch.rand(1, 1, *size)
        with torch.no_grad():
            torch.testing.assert_close(scripted(x), network(x))


@pytest.mark.parametrize("network_class", [StuNet, TeachNet])
def test_padding_does_not_move_the_image(network_class):
    """A size that needs no padding, cut by a row and a column, predicts nearly the same where both see the image."""
    torch.manual_seed(0)
    network = small(network_class).eval()
    x = torch.rand(1, 1, 64, 64)
    x[..., -1, :] = x[..., -2, :]
    x[..., :, -1] = x[..., :, -2]
    with torch.no_grad():
        torch.testing.assert_close(network(x[..., :63, :63]), network(x)[..., :63, :63])


@pytest.mark.parametrize("network_class", [StuNet, TeachNet])
def test_every_weight_learns(network_class):
    network = small(network_class)
    network(torch.rand(2, 1, 64, 64)).square().mean().backward()
    without = [name for name, weight in network.named_parameters() if weight.grad is None]
    assert without == []


def test_wrong_features_are_named():
    with pytest.raises(ValueError, match="features must name at least two"):
        StuNet(features=(16,))
    with pytest.raises(ValueError, match="layers must have four values"):
        TeachNet(layers=(3, 4, 23))


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


def test_encoder_weights_that_cannot_be_had(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        TeachNet(encoder_weights=str(tmp_path / "absent.pth"))
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(InputError, match="cannot be read"):
        TeachNet(encoder_weights=str(tmp_path / "text.pth"))
    torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "part.pth")
    with pytest.raises(InputError, match="do not fit"):
        TeachNet(encoder_weights=str(tmp_path / "part.pth"))
