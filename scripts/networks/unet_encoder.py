# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The encoder (contracting path) of the U-Nets, and their base class."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.layers.factories import Pool
from torch import nn

from .blocks import double_conv
from .padding import pad_to_multiple


class UNetEncoder(nn.Module):
    """Base class of U-Nets: an encoder with two 3×3 convolutions at each resolution and max-pooling between them.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the input.
        features: channels at each resolution, from full to lowest; at least two.

    Raises:
        ValueError: fewer than two `features`.
    """

    def __init__(self, spatial_dims: int, in_channels: int, features: Sequence[int]) -> None:
        super().__init__()
        if len(features) < 2:
            raise ValueError(f"features must have at least two values, one per resolution, got {tuple(features)}.")
        self.multiple = 2 ** (len(features) - 1)
        self.pool = Pool[Pool.MAX, spatial_dims](kernel_size=2)
        self.encoders = nn.ModuleList(
            double_conv(spatial_dims, i, o) for i, o in zip([in_channels, *features], features)
        )

    def encode(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return the feature maps of `x` (B, in_channels, spatial...), padded, from full to lowest resolution."""
        y = pad_to_multiple(x, self.multiple)
        scales: list[torch.Tensor] = []
        for i, encoder in enumerate(self.encoders):
            y = encoder(self.pool(y) if i > 0 else y)
            scales.append(y)
        return scales
