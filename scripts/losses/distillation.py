# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The joint distillation loss of the student: hard loss and one soft loss per teacher (eq. 9)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from monai.utils import convert_to_tensor
from torch import nn

from .soft import SoftLoss
from .weight_balance import WeightBalanceLoss


class JointDistillationLoss(nn.Module):
    r"""Weighted sum of the hard loss (ground truth) and the soft losses (predictions of teachers).

    .. math::
        L_{total}(S) = \lambda_1 L_{WB}(y, S(x)) + \sum_t \lambda_t L_{KL}(T_t(x), S(x))

    In the paper :math:`\lambda` is 0.3 (ground truth), 0.5 (benign teacher) and 0.2 (malignant teacher), or 0.3 and 0.7
    with a single teacher. Weights for each image can be given with a batch.

    Source: LightBTSeg, eq. 9 and section IV.C.2.

    Args:
        teacher_weights: :math:`\lambda_t` of each teacher by name; empty to train without teachers.
        hard_weight: :math:`\lambda_1`.
        hard_loss: loss of logits (B, K, spatial...) and ground truth; default `WeightBalanceLoss`.
        soft_loss: loss of the student's and a teacher's logits, both (B, K, spatial...); its result is averaged. If
            images have different weights, a loss with ``reduction="none"`` is called once per batch, any other once
            per image. Default ``SoftLoss(reduction="none")``.

    Raises:
        ValueError: a negative weight.

    Example:
        >>> import torch
        >>> from scripts.losses import JointDistillationLoss
        >>> loss = JointDistillationLoss({"benign": 0.5, "malignant": 0.2})
        >>> student, mask = torch.zeros(1, 2, 4, 4), torch.ones(1, 1, 4, 4)
        >>> teachers = {"benign": student + 1, "malignant": torch.rand(1, 2, 4, 4)}
        >>> terms = loss(student, mask, teachers)
        >>> list(terms)
        ['loss', 'hard', 'soft_benign', 'soft_malignant']
        >>> terms["soft_benign"].item()  # the same probabilities
        0.0
    """

    def __init__(
        self,
        teacher_weights: Mapping[str, float],
        hard_weight: float = 0.3,
        hard_loss: nn.Module | None = None,
        soft_loss: nn.Module | None = None,
    ) -> None:
        super().__init__()
        for name, weight in {"hard": hard_weight, **teacher_weights}.items():
            if weight < 0:
                raise ValueError(f"the weight of '{name}' must not be negative, got {weight}.")
        self.teacher_weights = dict(teacher_weights)
        self.hard_weight = hard_weight
        self.hard_loss = WeightBalanceLoss() if hard_loss is None else hard_loss
        self.soft_loss = SoftLoss(reduction="none") if soft_loss is None else soft_loss

    @property
    def term_names(self) -> tuple[str, ...]:
        """Names of the terms that `forward` returns."""
        return ("loss", "hard", *(f"soft_{name}" for name in self.teacher_weights))

    def forward(
        self,
        input: torch.Tensor,
        target: torch.Tensor,
        teachers: Mapping[str, torch.Tensor],
        image_weights: Mapping[str, torch.Tensor] | None = None,
        labelled: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Return every term by name: ``loss`` (the weighted sum), ``hard`` and ``soft_<teacher>`` (unweighted).

        Args:
            input: the student's logits, shape (B, K, spatial...).
            target: ground truth in the form that `hard_loss` accepts.
            teachers: logits of each teacher for the same images, by name.
            image_weights: weights of each teacher for each image, shape (B,), by name; replaces `teacher_weights`.
            labelled: which images have a ground truth, bool, shape (B,), at least one; the hard loss is that of these
                images. Default all. On the CPU, whatever the device of `input`, it costs no wait for a GPU.

        Raises:
            ValueError: the names differ from those of `teacher_weights`, or no image has a ground truth.
        """
        for what, given in (("predictions", teachers), ("image weights", image_weights)):
            if given is not None and set(given) != set(self.teacher_weights):
                raise ValueError(
                    f"expected the {what} of the teachers {sorted(self.teacher_weights)}, got {sorted(given)}."
                )
        if labelled is None or bool(labelled.all()):
            hard = self.hard_loss(input, target)
        elif labelled.any():
            hard = self.hard_loss(input[labelled], convert_to_tensor(target, track_meta=False)[labelled])
        else:
            raise ValueError("a batch needs at least one image with a ground truth.")
        total, soft = self.hard_weight * hard, {}
        for name, weight in self.teacher_weights.items():
            if image_weights is None:
                soft[name] = self.soft_loss(input, teachers[name]).mean()
                total = total + weight * soft[name]
            else:
                each = self._soft_loss_per_image(input, teachers[name])
                soft[name] = each.mean()
                total = total + (image_weights[name].to(each) * each).mean()
        return {"loss": total, "hard": hard, **{f"soft_{name}": term for name, term in soft.items()}}

    def _soft_loss_per_image(self, input: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        """Return the soft loss of each image, shape (B,)."""
        if getattr(self.soft_loss, "reduction", None) == "none":
            return self.soft_loss(input, teacher).reshape(len(input), -1).mean(dim=1)
        return torch.stack([self.soft_loss(s[None], t[None]).mean() for s, t in zip(input, teacher)])
