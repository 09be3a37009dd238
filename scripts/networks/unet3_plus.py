# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""U-Net3+, one of the paper's comparison networks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.blocks import Convolution, UpSample
from monai.networks.layers.factories import Pool
from torch import nn

from .blocks import single_conv
from .padding import crop_like
from .unet_encoder import UNetEncoder


class UNet3Plus(UNetEncoder):
    """U-Net3+, a U-Net with full-scale skip connections: 27.0 M parameters, 793 GFLOPs for a 3×512×512 image.

    Each decoder node has a branch from every resolution: pooled encoder features of the same and higher resolutions,
    and up-sampled outputs of the nodes at lower resolutions. Without deep supervision and class-guided module.

    Source: Huang et al., https://arxiv.org/abs/2004.08790; details chosen to match the operations published in
    LightBTSeg, Table I. MONAI has no such network.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        features: channels at each resolution of the encoder, from full to lowest; at least two.
        branch_features: channels of each branch of a decoder node; the output of the node has those of all branches.

    Raises:
        ValueError: fewer than two `features`.

    Example:
        >>> import torch
        >>> from scripts.networks import UNet3Plus
        >>> UNet3Plus(features=(4, 8, 16), branch_features=4)(torch.rand(1, 1, 33, 47)).shape
        torch.Size([1, 2, 33, 47])
    """

    def __init__(
        self,
        spatial_dims: int = 2,
        in_channels: int = 1,
        out_channels: int = 2,
        features: Sequence[int] = (64, 128, 256, 512, 1024),
        branch_features: int = 64,
    ) -> None:
        super().__init__(spatial_dims, in_channels, features)
        fused = len(features) * branch_features
        # The lowest resolution has no node, and keeps the features of the encoder.
        decoded = [fused] * (len(features) - 1) + [features[-1]]
        # From the lowest resolution up.
        self.nodes = nn.ModuleList(
            _Node(spatial_dims, level, [*features[: level + 1], *decoded[level + 1 :]], branch_features)
            for level in reversed(range(len(features) - 1))
        )
        self.head = Convolution(spatial_dims, fused, out_channels, kernel_size=3, conv_only=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Segment a batch.

        Args:
            x: images, shape (B, in_channels, spatial...), any spatial size.

        Returns:
            Logits, shape (B, out_channels, spatial...) with the spatial size of `x`.
        """
        scales = self.encode(x)
        for i, node in enumerate(self.nodes):
            scales[-2 - i] = node(scales)
        return crop_like(self.head(scales[0]), x)


class _Node(nn.Module):
    """A decoder node: resize the features of all resolutions to `level`, convolve, concatenate and convolve them."""

    def __init__(self, spatial_dims: int, level: int, in_channels: Sequence[int], branch_features: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(_rescale(spatial_dims, i - level), single_conv(spatial_dims, channels, branch_features))
            for i, channels in enumerate(in_channels)
        )
        fused = len(in_channels) * branch_features
        self.fuse = single_conv(spatial_dims, fused, fused)

    def forward(self, scales: list[torch.Tensor]) -> torch.Tensor:
        joined: list[torch.Tensor] = []
        for i, branch in enumerate(self.branches):
            joined.append(branch(scales[i]))
        return self.fuse(torch.cat(joined, dim=1))


def _rescale(spatial_dims: int, doublings: int) -> nn.Module:
    if doublings == 0:
        return nn.Identity()
    if doublings < 0:
        return Pool[Pool.MAX, spatial_dims](kernel_size=2**-doublings)
    return UpSample(
        spatial_dims,
        scale_factor=2**doublings,
        mode="nontrainable",
        pre_conv=None,
        interp_mode="linear",
        align_corners=False,
    )
