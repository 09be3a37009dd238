# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Attention U-Net, one of the paper's comparison networks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.nets.attentionunet import AttentionBlock
from torch import nn

from .padding import crop_like
from .stunet import StuNet


class AttentionUNet(StuNet):
    """Attention U-Net, a U-Net with attention gates on its skip connections: 34.9 M parameters, 266 GFLOPs (3×512×512).

    Source: Oktay et al., https://arxiv.org/abs/1804.03999; widths and up-sampling chosen to match the counts published
    in LightBTSeg, Table I. MONAI's `AttentionUnet` uses strided and transposed convolutions and one convolution per
    decoder block, and has 31.7 M parameters at these widths.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        features: channels at each resolution, from full to lowest; at least two. A gate has half the channels of its
            skip connection.

    Raises:
        ValueError: fewer than two `features`.

    Example:
        >>> import torch
        >>> from scripts.networks import AttentionUNet
        >>> AttentionUNet(features=(4, 8, 16))(torch.rand(1, 1, 33, 47)).shape
        torch.Size([1, 2, 33, 47])
    """

    def __init__(
        self,
        spatial_dims: int = 2,
        in_channels: int = 1,
        out_channels: int = 2,
        features: Sequence[int] = (64, 128, 256, 512, 1024),
    ) -> None:
        super().__init__(spatial_dims, in_channels, out_channels, features)
        self.gates = nn.ModuleList(AttentionBlock(spatial_dims, f_int=w // 2, f_g=w, f_l=w) for w in features[-2::-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Segment a batch.

        Args:
            x: images, shape (B, in_channels, spatial...), any spatial size.

        Returns:
            Logits, shape (B, out_channels, spatial...) with the spatial size of `x`.
        """
        scales = self.encode(x)
        y = scales[-1]
        for i, (up, gate, decoder) in enumerate(zip(self.ups, self.gates, self.decoders)):
            g = up(y)
            y = decoder(torch.cat([gate(g, scales[-2 - i]), g], dim=1))
        return crop_like(self.head(y), x)
