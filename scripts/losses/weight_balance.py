# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The hard loss: the paper's weight balance loss (eq. 4-7)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from monai.losses import DiceLoss
from monai.networks.utils import one_hot
from monai.utils import convert_to_tensor
from torch import nn


class WeightBalanceLoss(nn.Module):
    r"""Cross-entropy, Dice and IoU of the same prediction, against the imbalance of lesion and background pixels.

    .. math::
        L_{WB} = 2 L_{ce} + L_{dice} + L_{IoU}

    - :math:`L_{ce}` (eq. 4): cross-entropy, mean over pixels;
    - :math:`L_{dice}` (eq. 5): Dice loss with squared denominators and class weight 1/K;
    - :math:`L_{IoU} = -\ln (A \cap B / A \cup B)` (eq. 6), on probabilities, mean over the classes.

    The overlaps are taken image by image, so that a small lesion counts as much as a large one, and with one pixel
    added to both sides of each ratio, so that an absent class has a finite loss and gradient. All is computed in
    float32, also under autocast. Works in any number of spatial dimensions.

    Source: LightBTSeg, eq. 4-7.

    Args:
        ce_weight: factor of the cross-entropy, 2 in the paper.
        dice_weight: factor of the Dice loss.
        iou_weight: factor of the IoU loss.
        include_background: whether the overlaps count the background as a class, as the paper's sum over K does.
        smooth: what is added to both sides of the overlap ratios, in pixels; positive.

    Raises:
        ValueError: a negative weight, or `smooth` not positive.

    Example:
        >>> import torch
        >>> from scripts.losses import WeightBalanceLoss
        >>> logits = torch.zeros(1, 2, 8, 8)  # undecided in every pixel
        >>> mask = torch.zeros(1, 1, 8, 8)
        >>> mask[..., 2:4, 2:4] = 1
        >>> loss = WeightBalanceLoss()
        >>> {name: round(term.item(), 2) for name, term in loss.terms(logits, mask).items()}
        {'ce': 0.69, 'dice': 0.47, 'iou': 1.58}
        >>> round(loss(logits, mask).item(), 2)
        3.44
    """

    def __init__(
        self,
        ce_weight: float = 2.0,
        dice_weight: float = 1.0,
        iou_weight: float = 1.0,
        include_background: bool = True,
        smooth: float = 1.0,
    ) -> None:
        super().__init__()
        self.weights = {"ce": ce_weight, "dice": dice_weight, "iou": iou_weight}
        for name, value in self.weights.items():
            if value < 0:
                raise ValueError(f"{name}_weight must not be negative, got {value}.")
        if smooth <= 0:
            raise ValueError(f"smooth must be positive, got {smooth}.")
        self.smooth = smooth
        self.include_background = include_background
        # MONAI's mean over classes is the paper's class weight 1/K; its ratio is of twice the overlap, hence 2 pixels.
        self.dice = DiceLoss(
            include_background=include_background, squared_pred=True, smooth_nr=2 * smooth, smooth_dr=2 * smooth
        )

    def terms(self, input: torch.Tensor, target: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the three terms, unweighted, as scalars named ``ce``, ``dice`` and ``iou``.

        Args:
            input: logits, shape (B, K, spatial...), K at least 2.
            target: class indices of shape (B, 1, spatial...), or one-hot of shape (B, K, spatial...).

        Raises:
            ValueError: shapes that do not belong together.
        """
        classes = input.shape[1]
        if classes < 2:
            raise ValueError(f"input needs a channel for each class, background included, got {tuple(input.shape)}.")
        if target.shape[1] not in (1, classes) or target.shape[2:] != input.shape[2:] or len(target) != len(input):
            raise ValueError(
                f"target must have shape (B, 1, ...) or (B, K, ...) like input {tuple(input.shape)}, "
                f"got {tuple(target.shape)}."
            )
        # MONAI's metadata would only slow every operation down.
        input, target = (convert_to_tensor(value, track_meta=False) for value in (input, target))
        with torch.autocast(input.device.type, enabled=False):
            logits = input.float()
            truth = one_hot(target.float(), classes) if target.shape[1] == 1 else target.float()
            probabilities = torch.softmax(logits, dim=1)
            return {
                "ce": F.cross_entropy(logits, truth),
                "dice": self.dice(probabilities, truth),
                "iou": self._iou(probabilities, truth),
            }

    def _iou(self, probabilities: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        # The difference of logarithms: 1 minus MONAI's Jaccard loss rounds to 0, and its logarithm to -inf.
        first = 0 if self.include_background else 1
        p, g = probabilities[:, first:].flatten(2), truth[:, first:].flatten(2)
        overlap = (p * g).sum(-1)
        union = p.sum(-1) + g.sum(-1) - overlap
        return (torch.log(union + self.smooth) - torch.log(overlap + self.smooth)).mean()

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the weighted sum of `terms`, a scalar; arguments and errors are theirs."""
        ce, dice, iou = (self.weights[name] * term for name, term in self.terms(input, target).items())
        return ce + dice + iou
