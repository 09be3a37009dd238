# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A classification head for the presence of a lesion in an image, and a gate that suppresses lesions if there is none.

The presence logit is stored in the segmentation logits, as their mean over the classes in every pixel. This does not
change the softmax, and the output keeps the shape (B, K, spatial...) that all tools expect. `presence_logits` reads it.
"""

from __future__ import annotations

import torch
from monai.networks.blocks import Convolution
from torch import nn

from .blocks import ACT, NORM

FEATURES = 128


class PresenceHead(nn.Module):
    """Predict whether an image shows a lesion, from the deepest features of an encoder: one logit per image.

    1×1 convolution, mean and max pooling over the image, dropout, linear layer. A logit above 0 means a lesion.

    Args:
        spatial_dims: 2 for images, 3 for volumes.
        in_channels: channels of the features.
        dropout: probability that a pooled feature is zeroed in training.
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


def lesion_margins(logits: torch.Tensor) -> torch.Tensor:
    """Return the logits of all classes but the background, minus its own: float32, shape (B, K - 1, spatial...)."""
    return logits[:, 1:].float() - logits[:, :1].float()


def join_presence(margins: torch.Tensor, presence: torch.Tensor, gate: bool) -> torch.Tensor:
    """Store the presence logits in the segmentation logits, and gate the segmentation by them.

    The gate limits the lesion probability of each pixel to the presence probability (with two classes). So below a
    presence logit of 0 no pixel reaches 0.5, and above 0 the pixels that reach 0.5 stay the same.

    Args:
        margins: segmentation by `lesion_margins`, float32, shape (B, K - 1, spatial...), K at least 2.
        presence: presence logits, shape (B, 1).
        gate: whether to gate; False in training, so that the segmentation is learned independently.

    Returns:
        Logits, shape (B, K, spatial...), background first, whose mean over the classes is the presence logit.
    """
    presence = presence.float().reshape([-1] + [1] * (margins.dim() - 1))
    if gate:
        margins = torch.minimum(margins, presence)
    background = presence - margins.sum(1, keepdim=True) / (margins.shape[1] + 1)
    return torch.cat([background, background + margins], dim=1)


def presence_logits(output: torch.Tensor) -> torch.Tensor:
    """Return the presence logits, shape (B,), from the output (B, K, spatial...) of a network with a presence head."""
    return output.float().flatten(1).mean(1)
