# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment images with a lesion, and tell them from those without."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from monai.utils import convert_to_tensor
from torch import nn

from ..networks.presence import presence_logits
from .weight_balance import WeightBalanceLoss


class PresenceLoss(nn.Module):
    """The loss of a network with a presence head.

    The segmentation learns from the images that show a lesion, as it does where all do; from all images the head learns
    whether they show one, by binary cross-entropy. What the network would mark in an image without a lesion is the
    head's affair, whose gate is closed there.

    Args:
        loss: of the segmentation, compares logits (B, K, spatial...) with the annotation; default `WeightBalanceLoss`.
        weight: factor of the head's cross-entropy, not negative.

    Raises:
        ValueError: a negative weight.

    Example:
        >>> import torch
        >>> from scripts.losses import PresenceLoss
        >>> logits = torch.full((1, 2, 4, 4), -9.0)  # of a network whose head is sure that there is no lesion
        >>> no_lesion = torch.zeros(1, 1, 4, 4)
        >>> round(PresenceLoss()(logits, no_lesion).item(), 3)
        0.0
    """

    def __init__(self, loss: nn.Module | None = None, weight: float = 1.0) -> None:
        super().__init__()
        if weight < 0:
            raise ValueError(f"weight must not be negative, got {weight}.")
        self.loss = WeightBalanceLoss() if loss is None else loss
        self.weight = weight

    def terms(self, input: torch.Tensor, target: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return both terms, unweighted, as scalars: ``segmentation``, a mean over all images, and ``presence``.

        Args:
            input: the network's output in training mode, shape (B, K, spatial...).
            target: class indices of shape (B, 1, spatial...), or one-hot of shape (B, K, spatial...).
        """
        input, target = (convert_to_tensor(value, track_meta=False) for value in (input, target))
        lesion = (target if target.shape[1] == 1 else target[:, 1:]).flatten(1).any(1)
        share = lesion.float().mean()
        return {
            "segmentation": share * self.loss(input[lesion], target[lesion]) if lesion.any() else 0 * input.sum(),
            "presence": F.binary_cross_entropy_with_logits(presence_logits(input), lesion.float()),
        }

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the weighted sum of `terms`, a scalar; arguments are theirs."""
        terms = self.terms(input, target)
        return terms["segmentation"] + self.weight * terms["presence"]
