# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Convolution and up-sampling blocks of the paper's networks, made of MONAI's blocks."""

from __future__ import annotations

from monai.networks.blocks import Convolution, UpSample
from monai.networks.nets.basic_unet import TwoConv
from torch import nn

ACT = ("RELU", {"inplace": True})
NORM = "BATCH"


def single_conv(spatial_dims: int, in_channels: int, out_channels: int) -> nn.Module:
    """A 3×3 convolution, batch normalisation and ReLU."""
    return Convolution(spatial_dims, in_channels, out_channels, act=ACT, norm=NORM, bias=True)


def double_conv(spatial_dims: int, in_channels: int, out_channels: int) -> nn.Module:
    """Two 3×3 convolutions, each followed by batch normalisation and ReLU."""
    return TwoConv(spatial_dims, in_channels, out_channels, act=ACT, norm=NORM, bias=True)


def up_conv(spatial_dims: int, in_channels: int, out_channels: int) -> nn.Module:
    """Nearest ×2 up-sampling, then a 3×3 convolution, batch normalisation and ReLU.

    The paper mentions a deconvolution, but its published parameter and operation counts are those of this block.
    """
    return UpSample(
        spatial_dims,
        in_channels,
        in_channels,
        scale_factor=2,
        mode="nontrainable",
        pre_conv=None,
        interp_mode="nearest",
        align_corners=None,
        post_conv=single_conv(spatial_dims, in_channels, out_channels),
    )
