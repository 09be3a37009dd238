# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""U-Net++, one of the paper's comparison networks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.blocks import Convolution, UpSample
from torch import nn

from .blocks import double_conv
from .padding import crop_like
from .unet_encoder import UNetEncoder


class UNetPlusPlus(UNetEncoder):
    """U-Net++, a U-Net with nested, dense skip connections: 36.6 M parameters, 552 GFLOPs for a 3×512×512 image.

    Each node applies two convolutions to the outputs of all earlier nodes at its resolution and the up-sampled output
    of the node below. Without deep supervision: the only head, 1×1, is on the last node.

    Source: Zhou et al., https://arxiv.org/abs/1807.10165; widths and up-sampling chosen to match the counts published
    in LightBTSeg, Table I. MONAI's `BasicUNetPlusPlus` has convolutions before or in each up-sampling (33.5 M or 36.5 M
    parameters at these widths), and heads that are not trained without deep supervision.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        features: channels at each resolution, from full to lowest; at least two.

    Raises:
        ValueError: fewer than two `features`.

    Example:
        >>> import torch
        >>> from scripts.networks import UNetPlusPlus
        >>> UNetPlusPlus(features=(4, 8, 16))(torch.rand(1, 1, 33, 47)).shape
        torch.Size([1, 2, 33, 47])
    """

    def __init__(
        self,
        spatial_dims: int = 2,
        in_channels: int = 1,
        out_channels: int = 2,
        features: Sequence[int] = (64, 128, 256, 512, 1024),
    ) -> None:
        super().__init__(spatial_dims, in_channels, features)
        self.up = UpSample(
            spatial_dims, scale_factor=2, mode="nontrainable", pre_conv=None, interp_mode="linear", align_corners=True
        )
        # By column, and in each column from full to lowest resolution.
        self.columns = nn.ModuleList(
            nn.ModuleList(
                double_conv(spatial_dims, column * features[i] + features[i + 1], features[i])
                for i in range(len(features) - column)
            )
            for column in range(1, len(features))
        )
        self.head = Convolution(spatial_dims, features[0], out_channels, kernel_size=1, conv_only=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Segment a batch.

        Args:
            x: images, shape (B, in_channels, spatial...), any spatial size.

        Returns:
            Logits, shape (B, out_channels, spatial...) with the spatial size of `x`.
        """
        rows = [[y] for y in self.encode(x)]
        for column in self.columns:
            for i, node in enumerate(column.children()):
                # The last node of the row below is still that of the previous column.
                rows[i].append(node(torch.cat(rows[i] + [self.up(rows[i + 1][-1])], dim=1)))
        return crop_like(self.head(rows[0][-1]), x)
