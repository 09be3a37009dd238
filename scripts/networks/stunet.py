# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""StuNet, the student: the paper's Simplified U-Net (section III.B, Fig. 5)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from monai.networks.blocks import Convolution
from torch import nn

from .blocks import double_conv, up_conv
from .padding import crop_like
from .presence import PresenceHead, join_presence, lesion_margins
from .unet_encoder import UNetEncoder


class StuNet(UNetEncoder):
    """A U-Net with few channels, fast on a CPU: 2.16 M parameters, 16.6 GFLOPs for a 3×512×512 image.

    Two 3×3 convolutions (batch normalisation, ReLU) at each of five resolutions; max-pooling in the encoder, nearest
    up-sampling with a 3×3 convolution in the decoder; concatenated skip connections; 1×1 head.

    Source: LightBTSeg, section III.B; widths and up-sampling chosen to match the published counts.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the input, 1 for grey ultrasound.
        out_channels: classes, background included.
        features: channels at each resolution, from full to lowest; at least two.
        presence_head: whether to add a `PresenceHead` on the deepest features, which predicts if an image shows a
            lesion; see `scripts.networks.presence` for the logits.

    Raises:
        ValueError: fewer than two `features`.

    Example:
        >>> import torch
        >>> from scripts.networks import StuNet
        >>> StuNet(features=(4, 8, 16))(torch.rand(1, 1, 33, 47)).shape
        torch.Size([1, 2, 33, 47])
    """

    def __init__(
        self,
        spatial_dims: int = 2,
        in_channels: int = 1,
        out_channels: int = 2,
        features: Sequence[int] = (16, 32, 64, 128, 256),
        presence_head: bool = False,
    ) -> None:
        super().__init__(spatial_dims, in_channels, features)
        # From the lowest resolution up.
        self.ups = nn.ModuleList(up_conv(spatial_dims, i, o) for i, o in zip(features[:0:-1], features[-2::-1]))
        self.decoders = nn.ModuleList(double_conv(spatial_dims, 2 * w, w) for w in features[-2::-1])
        self.head = Convolution(spatial_dims, features[0], out_channels, kernel_size=1, conv_only=True)
        self.presence = PresenceHead(spatial_dims, features[-1]) if presence_head else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Segment a batch.

        Args:
            x: images, shape (B, in_channels, spatial...), any spatial size.

        Returns:
            Logits, shape (B, out_channels, spatial...) with the spatial size of `x`.
        """
        scales = self.encode(x)
        y = scales[-1]
        for i, (up, decoder) in enumerate(zip(self.ups, self.decoders)):
            y = decoder(torch.cat([scales[-2 - i], up(y)], dim=1))
        logits = crop_like(self.head(y), x)
        if self.presence is not None:
            logits = join_presence(lesion_margins(logits), self.presence(scales[-1]), gate=not self.training)
        return logits
