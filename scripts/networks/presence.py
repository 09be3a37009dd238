# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A head that tells whether an image shows a lesion, and the gate by which its answer decides the segmentation.

Softmax does not change when the same number is added to the logits of all classes of a pixel. So a network with a head
puts the presence logit there: the mean of a pixel's logits over the classes is the presence logit, in every pixel. Its
output keeps the shape (B, K, spatial...) that every tool knows, and `presence_logits` reads the answer from it.
"""

from __future__ import annotations

import torch
from monai.networks.blocks import Convolution
from torch import nn

from .blocks import ACT, NORM

FEATURES = 128


class PresenceHead(nn.Module):
    """One logit for each image, from an encoder's deepest features: above 0 the image shows a lesion.

    A 1×1 convolution, mean and maximum over the image, dropout, a linear layer.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the features.
        dropout: probability that a pooled feature is zeroed while training.
    """

    def __init__(self, spatial_dims: int, in_channels: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.conv = Convolution(spatial_dims, in_channels, FEATURES, kernel_size=1, act=ACT, norm=NORM, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(2 * FEATURES, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the presence logits, shape (B, 1), of features of shape (B, in_channels, spatial...)."""
        y = self.conv(features).flatten(2)
        return self.linear(self.dropout(torch.cat([y.mean(2), y.amax(2)], dim=1)))


def join_presence(logits: torch.Tensor, presence: torch.Tensor, gate: bool) -> torch.Tensor:
    """Put the presence logits into the segmentation's, and let them decide where `gate` is set.

    Gated, no pixel is more probably lesion than the image shows one: where the presence logit is below 0 nothing
    reaches a probability of 0.5, where it is above 0 what reaches it stays as it was.

    Args:
        logits: of the segmentation, shape (B, K, spatial...), K at least 2, background first.
        presence: shape (B, 1).
        gate: False in training, where the segmentation learns its own task.

    Returns:
        Logits of the shape of `logits` whose mean over the classes is the presence logit.
    """
    presence = presence.float().reshape([-1] + [1] * (logits.dim() - 1))
    margins = logits.float() - logits[:, :1].float()  # over the background, whose own is 0
    if gate:
        margins = torch.cat([margins[:, :1], torch.minimum(margins[:, 1:], presence)], dim=1)
    return margins - margins.mean(1, keepdim=True) + presence


def presence_logits(output: torch.Tensor) -> torch.Tensor:
    """Return the presence logits, shape (B,), of the output (B, K, spatial...) of a network that has a head."""
    return output.float().flatten(1).mean(1)
