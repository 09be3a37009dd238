# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Pre-trained weights for a teacher's ResNet encoder."""

from __future__ import annotations

import torch
from torch import nn

from scripts.errors import InputError
from scripts.weights import read_checkpoint

IMAGENET = "imagenet"
CLASSIFIER = ("fc.weight", "fc.bias")


def load_encoder_weights(encoder: nn.Module, source: str, in_channels: int) -> None:
    """Load a ResNet state dict, in torchvision's naming, into `encoder` in place.

    Args:
        encoder: `monai.networks.nets.ResNet` of ResNet-101's shape; MONAI and torchvision name its weights alike.
        source: a file path, or ``"imagenet"`` for torchvision's weights.
        in_channels: input channels of `encoder`. With one, the three colour filters of the first convolution are
            summed, which is what a grey image repeated into three channels would give.

    Raises:
        InputError: the file is missing or unreadable, torchvision or its download is not to be had, or a weight is
            missing or of another shape.
    """
    weights = _torchvision_weights() if source == IMAGENET else read_checkpoint(source, "encoder_weights")
    weights = {name: value for name, value in weights.items() if name not in CLASSIFIER}
    stem = weights.get("conv1.weight")
    if in_channels == 1 and stem is not None and stem.shape[1] == 3:
        weights["conv1.weight"] = stem.sum(dim=1, keepdim=True)
    try:
        encoder.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        first = str(error).splitlines()[1:2]
        raise InputError(
            f"encoder_weights '{source}' do not fit this encoder: {first[0].strip() if first else error}"
        ) from None


def _torchvision_weights() -> dict[str, torch.Tensor]:
    try:
        from torchvision.models import ResNet101_Weights
    except Exception as error:  # a torchvision beside another torch raises RuntimeError on import
        raise InputError(
            f"encoder_weights '{IMAGENET}' need torchvision, which cannot be imported ({error}); give a file path"
        ) from None
    try:
        return ResNet101_Weights.IMAGENET1K_V1.get_state_dict(progress=True)
    except Exception as error:
        raise InputError(
            f"encoder_weights '{IMAGENET}' could not be downloaded ({error}); give a file path instead"
        ) from None
