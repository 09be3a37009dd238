# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The loss of a network with a presence head, for training with images without a lesion."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from monai.utils import convert_to_tensor
from torch import nn

from ..networks.presence import presence_logits
from .weight_balance import WeightBalanceLoss


class PresenceLoss(nn.Module):
    """Segmentation loss on images with a lesion, plus binary cross-entropy of the presence head on all images.

    Images without a lesion have no segmentation loss, because the presence head suppresses lesions in them.

    Args:
        loss: segmentation loss of logits (B, K, spatial...) and ground truth; default `WeightBalanceLoss`.
        weight: factor of the binary cross-entropy, not negative.

    Raises:
        ValueError: `weight` is negative.

    Example:
        >>> import torch
        >>> from scripts.losses import PresenceLoss
        >>> logits = torch.full((1, 2, 4, 4), -9.0)  # presence logit -9: no lesion
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
        """Return the unweighted terms as scalars: ``segmentation`` and ``presence``, both means over all images.

        Args:
            input: the network's output in training mode, shape (B, K, spatial...).
            target: class indices of shape (B, 1, spatial...), or one-hot of shape (B, K, spatial...).
        """
        input, target = (convert_to_tensor(value, track_meta=False) for value in (input, target))
        lesion = ((target if target.shape[1] == 1 else target[:, 1:]) > 0).flatten(1).any(1)
        fraction = lesion.float().mean()
        return {
            "segmentation": fraction * self.loss(input[lesion], target[lesion]) if lesion.any() else 0 * input.sum(),
            "presence": F.binary_cross_entropy_with_logits(presence_logits(input), lesion.float()),
        }

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the weighted sum of the terms, a scalar; see `terms`."""
        terms = self.terms(input, target)
        return terms["segmentation"] + self.weight * terms["presence"]
