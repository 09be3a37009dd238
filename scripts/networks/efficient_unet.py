# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A student with a pre-trained encoder: a U-Net on the first stages of EfficientNet-Lite0."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.blocks import Convolution, UpSample
from monai.networks.layers.factories import Pad
from monai.networks.nets.efficientnet import MBConvBlock
from torch import nn

from .blocks import double_conv
from .depthwise import DepthwiseConv2d
from .encoder_weights import load_efficientnet_weights
from .padding import crop_like, pad_to_multiple
from .presence import PresenceHead, join_presence, lesion_margins

# EfficientNet-Lite's stages: kernel size, stride and expansion of each; widths and depths are arguments.
KERNELS = (3, 3, 5, 3, 5, 5, 3)
STRIDES = (1, 2, 2, 2, 1, 2, 1)
EXPANSIONS = (1, 6, 6, 6, 6, 6, 6)
STEM = 32
# Parts of MONAI's block that EfficientNet-Lite lacks, but TorchScript requires.
ABSENT = ("_se_adaptpool", "_se_reduce", "_se_reduce_padding", "_se_expand", "_se_expand_padding")
NORM = ("batch", {"eps": 1e-3, "momentum": 0.01})


class EfficientUNet(nn.Module):
    """A U-Net with the first stages of EfficientNet-Lite0 as encoder: 1.93 M parameters by default.

    The encoder halves the image size five times. Each of four decoder blocks doubles it, concatenates the skip
    connection and applies two convolutions. A 1×1 head predicts at half the input size, and its logits are up-sampled
    to full size. EfficientNet-Lite has no squeeze-and-excitation and no swish, which makes the network fast on a CPU.
    In 8 bits its masks change slightly, even if only the last layers are quantised; docs/speed.md has figures.

    Sources: EfficientNet, https://arxiv.org/abs/1905.11946; its Lite variants,
    https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        features: channels of the four decoder blocks, from the lowest resolution up.
        encoder_features: channels of the encoder stages, six or seven; Lite0 has 16, 24, 40, 80, 112, 192, 320.
        layers: number of blocks of each stage; Lite0 has 1, 2, 2, 3, 3, 4, 1; the default uses its first 13 blocks.
        drop_connect_rate: probability that a block of the encoder is skipped for an image in training.
        dropout: probability that a feature of the last decoder block is zeroed, in training and in the epistemic
            scoring of MONAI Label (active learning), which sets this argument.
        encoder_weights: None to train from scratch; ``"imagenet"`` for the weights of Lite0, or of Lite2 if the stages
            have its channels (16, 24, 48, 88, 120, 208, 352), from the packages in requirements-pretrained.txt; or a
            file with such a state dict. Blocks that this encoder lacks are ignored. With one input channel the filters
            of the stem are summed over colours.
        presence_head: whether to add a `PresenceHead` on the deepest features, which predicts if an image shows a
            lesion; see `scripts.networks.presence` for the logits.

    Raises:
        ValueError: `features` has not four values, or `encoder_features` and `layers` have not both six or seven.
        InputError: `encoder_weights` is not available or does not fit.

    Example:
        >>> import torch
        >>> from scripts.networks import EfficientUNet
        >>> EfficientUNet().eval()(torch.rand(1, 1, 33, 47)).shape
        torch.Size([1, 2, 33, 47])
    """

    def __init__(
        self,
        spatial_dims: int = 2,
        in_channels: int = 1,
        out_channels: int = 2,
        features: Sequence[int] = (96, 64, 40, 24),
        encoder_features: Sequence[int] = (16, 24, 40, 80, 112, 192),
        layers: Sequence[int] = (1, 2, 2, 3, 3, 2),
        drop_connect_rate: float = 0.2,
        dropout: float = 0.0,
        encoder_weights: str | None = None,
        presence_head: bool = False,
    ) -> None:
        super().__init__()
        if len(features) != 4:
            raise ValueError(f"features must have four values, one per decoder block, got {tuple(features)}.")
        if len(layers) not in (6, 7) or len(encoder_features) != len(layers):
            raise ValueError(
                f"encoder_features and layers must both have six or seven values, one per stage, got "
                f"{tuple(encoder_features)} and {tuple(layers)}."
            )
        self.stem = Convolution(
            spatial_dims, in_channels, STEM, strides=2, padding=0, act="RELU6", norm=NORM, bias=False
        )
        # Padding as in TensorFlow, where the weights were trained: an odd pixel is added at the end.
        self.stem_padding = Pad[Pad.CONSTANTPAD, spatial_dims]([0, 1] * spatial_dims, 0.0)
        stages, width, size = [], STEM, 2**10
        for kernel, stride, expansion, out, depth in zip(KERNELS, STRIDES, EXPANSIONS, encoder_features, layers):
            blocks = []
            for i in range(depth):
                block = MBConvBlock(
                    spatial_dims,
                    out if i else width,
                    out,
                    kernel_size=kernel,
                    stride=1 if i else stride,
                    image_size=[size] * spatial_dims,  # any even size gives the padding of TensorFlow
                    expand_ratio=expansion,
                    se_ratio=None,
                    norm=NORM,
                    drop_connect_rate=drop_connect_rate,
                )
                block._swish = nn.ReLU6(inplace=True)
                if spatial_dims == 2:
                    block._depthwise_conv = DepthwiseConv2d.like(block._depthwise_conv)
                for name in ABSENT:
                    setattr(block, name, nn.Identity())
                blocks.append(block)
            stages.append(nn.Sequential(*blocks))
            width, size = out, size // stride
        self.stages = nn.ModuleList(stages)
        if encoder_weights is not None:
            load_efficientnet_weights(self.stem, stages, encoder_weights, in_channels)
        # Skip connections at 1/16, 1/8, 1/4 and 1/2 of the image size: the last stage of each size.
        skips = [encoder_features[i] for i in (4, 2, 1, 0)]
        inputs = [width, *features[:-1]]
        self.up = UpSample(
            spatial_dims, scale_factor=2, mode="nontrainable", pre_conv=None, interp_mode="linear", align_corners=False
        )
        self.decoders = nn.ModuleList(double_conv(spatial_dims, i + s, o) for i, s, o in zip(inputs, skips, features))
        self.dropout = nn.Dropout(dropout)
        self.head = Convolution(spatial_dims, features[-1], out_channels, kernel_size=1, conv_only=True)
        self.presence = PresenceHead(spatial_dims, width) if presence_head else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Segment a batch.

        Args:
            x: images with intensities in [0, 1], shape (B, in_channels, spatial...), any spatial size.

        Returns:
            Logits, shape (B, out_channels, spatial...) with the spatial size of `x`.
        """
        y = 2 * pad_to_multiple(x, 32) - 1  # the encoder's weights expect -1 to 1
        y = self.stem(self.stem_padding(y))
        sizes: list[torch.Tensor] = []
        for stage in self.stages:
            y = stage(y)
            sizes.append(y)
        deepest = y
        skips = [sizes[4], sizes[2], sizes[1], sizes[0]]
        for i, decoder in enumerate(self.decoders):
            y = decoder(torch.cat([self.up(y), skips[i]], dim=1))
        logits = self.head(self.dropout(y))
        if self.presence is None:
            return crop_like(self.up(logits), x)
        # The presence joins at full size, where only the margins are needed: one channel less, and fewer operations.
        margins = crop_like(self.up(lesion_margins(logits)), x)
        return join_presence(margins, self.presence(deepest), gate=not self.training)
