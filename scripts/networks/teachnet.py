# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""TeachNet, the teacher: an Attention U-Net with a ResNet-101 encoder (section III.A of the paper, Fig. 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.blocks import Convolution, UpSample
from monai.networks.nets.attentionunet import AttentionBlock
from monai.networks.nets.resnet import ResNet
from torch import nn

from .blocks import double_conv, up_conv
from .encoder_weights import load_resnet_weights
from .padding import crop_like, pad_to_multiple


class TeachNet(nn.Module):
    """Attention U-Net with a ResNet-101 encoder: 106.1 M parameters, 206 GFLOPs for a 3×512×512 image.

    The encoder is ResNet-101 without its classifier (stem, max-pooling, four stages of bottlenecks) and halves the
    image size five times. Each of four decoder blocks doubles it, applies an attention gate to the skip connection
    (eq. 1-2), and merges both. A 1×1 head predicts at half the input size, and its logits are up-sampled to full size.

    Source: LightBTSeg, section III.A; details chosen to match the published counts.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        features: channels of the bottlenecks in the four stages, whose outputs have four times as many; the first is
            also that of the stem.
        layers: number of bottlenecks in each of the four stages; the default is ResNet-101.
        attention_features: inner channels of the four attention gates, from the lowest resolution up.
        encoder_weights: None to train from scratch, as in the paper; a file with a ResNet state dict of torchvision; or
            ``"imagenet"`` for the weights of torchvision, which must be installed and downloads them at first use. With
            one input channel the filters of the stem are summed over colours.

    Raises:
        ValueError: `features`, `layers` or `attention_features` has not four values.
        InputError: `encoder_weights` is not available or does not fit.

    Example:
        >>> import torch
        >>> from scripts.networks import TeachNet
        >>> network = TeachNet(features=(4, 8, 16, 32), layers=(1, 1, 1, 1), attention_features=(8, 4, 2, 2))
        >>> network(torch.rand(1, 1, 65, 95)).shape
        torch.Size([1, 2, 65, 95])
    """

    def __init__(
        self,
        spatial_dims: int = 2,
        in_channels: int = 1,
        out_channels: int = 2,
        features: Sequence[int] = (64, 128, 256, 512),
        layers: Sequence[int] = (3, 4, 23, 3),
        attention_features: Sequence[int] = (512, 256, 64, 32),
        encoder_weights: str | None = None,
    ) -> None:
        super().__init__()
        for name, value in (("features", features), ("layers", layers), ("attention_features", attention_features)):
            if len(value) != 4:
                raise ValueError(f"{name} must have four values, one per stage, got {tuple(value)}.")
        self.encoder = ResNet(
            block="bottleneck",
            layers=list(layers),
            block_inplanes=list(features),
            spatial_dims=spatial_dims,
            n_input_channels=in_channels,
            conv1_t_size=7,
            conv1_t_stride=2,
            feed_forward=False,
            bias_downsample=False,
        )
        self.encoder.register_module("avgpool", nn.Identity())  # only needed by the classifier
        if encoder_weights is not None:
            load_resnet_weights(self.encoder, encoder_weights, in_channels)
        # Skips from low to high resolution: stages 3, 2, 1 (×4 by the bottleneck's expansion) and the stem.
        skips = [4 * features[2], 4 * features[1], 4 * features[0], features[0]]
        inputs = [4 * features[3], *skips[:-1]]
        self.ups = nn.ModuleList(up_conv(spatial_dims, i, o) for i, o in zip(inputs, skips))
        self.gates = nn.ModuleList(
            AttentionBlock(spatial_dims, f_int=a, f_g=s, f_l=s) for a, s in zip(attention_features, skips)
        )
        self.decoders = nn.ModuleList(double_conv(spatial_dims, 2 * s, s) for s in skips)
        self.head = Convolution(spatial_dims, skips[-1], out_channels, kernel_size=1, conv_only=True)
        self.full_size = UpSample(
            spatial_dims,
            out_channels,
            out_channels,
            scale_factor=2,
            mode="nontrainable",
            pre_conv=None,
            interp_mode="linear",
            align_corners=False,
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Segment a batch.

        Args:
            x: images, shape (B, in_channels, spatial...), any spatial size.

        Returns:
            Logits, shape (B, out_channels, spatial...) with the spatial size of `x`.
        """
        encoder = self.encoder
        stem = encoder.act(encoder.bn1(encoder.conv1(pad_to_multiple(x, 32))))
        stage1 = encoder.layer1(encoder.maxpool(stem))
        stage2 = encoder.layer2(stage1)
        stage3 = encoder.layer3(stage2)
        y = encoder.layer4(stage3)
        skips = [stage3, stage2, stage1, stem]
        for i, (up, gate, decoder) in enumerate(zip(self.ups, self.gates, self.decoders)):
            g = up(y)
            y = decoder(torch.cat([gate(g, skips[i]), g], dim=1))
        return crop_like(self.full_size(self.head(y)), x)
