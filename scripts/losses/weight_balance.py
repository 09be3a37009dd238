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
    r"""Weighted sum of cross-entropy, Dice and IoU loss, against the imbalance of lesion and background pixels.

    .. math::
        L_{WB} = 2 L_{ce} + L_{dice} + L_{IoU}

    - :math:`L_{ce}` (eq. 4): cross-entropy, mean over pixels;
    - :math:`L_{dice}` (eq. 5): Dice loss with squared denominators and class weight 1/K;
    - :math:`L_{IoU} = -\ln (A \cap B / A \cup B)` (eq. 6), on probabilities, mean over the classes.

    Overlaps are computed per image, so that a small lesion counts as much as a large one. One pixel is added to
    numerator and denominator, so that an absent class has a finite loss and gradient. Computed in float32, also under
    autocast. Works in any number of spatial dimensions.

    Source: LightBTSeg, eq. 4-7.

    Args:
        ce_weight: factor of the cross-entropy, 2 in the paper.
        dice_weight: factor of the Dice loss.
        iou_weight: factor of the IoU loss.
        include_background: whether Dice and IoU include the background class, as in the paper.
        smooth: pixels added to numerator and denominator of Dice and IoU, positive.

    Raises:
        ValueError: a weight is negative, or `smooth` is not positive.

    Example:
        >>> import torch
        >>> from scripts.losses import WeightBalanceLoss
        >>> logits = torch.zeros(1, 2, 8, 8)  # probability 0.5 in every pixel
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
        self._is_checked = False
        self.include_background = include_background
        # MONAI's mean over classes is the paper's class weight 1/K; Dice has twice the overlap, hence twice `smooth`.
        self.dice = DiceLoss(
            include_background=include_background, squared_pred=True, smooth_nr=2 * smooth, smooth_dr=2 * smooth
        )

    def terms(self, input: torch.Tensor, target: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the three terms, unweighted, as scalars named ``ce``, ``dice`` and ``iou``.

        Args:
            input: logits, shape (B, K, spatial...), K at least 2.
            target: class indices of shape (B, 1, spatial...), or one-hot of shape (B, K, spatial...).

        Raises:
            ValueError: the shapes do not match, or a value is no class index; on a GPU only the first target is looked
                at, since each look would wait for it.
        """
        classes = input.shape[1]
        if classes < 2:
            raise ValueError(f"input must have a channel per class, background included, got {tuple(input.shape)}.")
        if target.shape[1] not in (1, classes) or target.shape[2:] != input.shape[2:] or len(target) != len(input):
            raise ValueError(
                f"target must have shape (B, 1, ...) or (B, K, ...) like input {tuple(input.shape)}, "
                f"got {tuple(target.shape)}."
            )
        # Metadata would only slow down every operation.
        input, target = (convert_to_tensor(value, track_meta=False) for value in (input, target))
        if target.shape[1] == 1:
            self._check_class_numbers(target, classes)
        with torch.autocast(input.device.type, enabled=False):
            logits = input.float()
            truth = one_hot(target.float(), classes) if target.shape[1] == 1 else target.float()
            probabilities = torch.softmax(logits, dim=1)
            return {
                "ce": F.cross_entropy(logits, truth),
                "dice": self.dice(probabilities, truth),
                "iou": self._iou(probabilities, truth),
            }

    def _check_class_numbers(self, target: torch.Tensor, classes: int) -> None:
        if target.device.type != "cpu" and self._is_checked:
            return
        least, greatest = (float(value) for value in target.aminmax())
        if not (least >= 0 and greatest <= classes - 1):
            raise ValueError(
                f"target must hold class numbers from 0 to {classes - 1}, got values from {least:g} to {greatest:g}; "
                "divide masks of 0 and 255 by 255."
            )
        if target.is_floating_point() and (target.frac() != 0).any():
            fraction = float(target[target.frac() != 0][0])
            raise ValueError(
                f"target must hold class numbers from 0 to {classes - 1}, got {fraction:g}; resize masks with mode "
                "nearest."
            )
        self._is_checked = True

    def _iou(self, probabilities: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        # As a difference of logarithms: the logarithm of 1 minus MONAI's Jaccard loss can be -inf by rounding.
        first = 0 if self.include_background else 1
        p, g = probabilities[:, first:].flatten(2), truth[:, first:].flatten(2)
        overlap = (p * g).sum(-1)
        union = p.sum(-1) + g.sum(-1) - overlap
        return (torch.log(union + self.smooth) - torch.log(overlap + self.smooth)).mean()

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the weighted sum of the terms, a scalar; see `terms` for arguments and errors."""
        ce, dice, iou = (self.weights[name] * term for name, term in self.terms(input, target).items())
        return ce + dice + iou
