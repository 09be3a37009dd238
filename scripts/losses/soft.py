# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The soft loss: Kullback-Leibler divergence of teacher and student (eq. 8)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

REDUCTIONS = ("mean", "none")


class SoftLoss(nn.Module):
    r"""Kullback-Leibler divergence of teacher and student, :math:`\sum p \ln (p / q)` over the classes of a pixel.

    :math:`p` are the teacher's probabilities and :math:`q` the student's, both softened by the temperature
    :math:`T`; the result is scaled by :math:`T^2`, which keeps the size of its gradient independent of :math:`T`
    (Hinton et al., https://arxiv.org/abs/1503.02531). The paper gives neither temperature nor reduction.

    Computed in float32, also under autocast. Works in any number of spatial dimensions. Both arguments get gradients;
    detach the teacher's logits to train only the student.

    Source: LightBTSeg, eq. 8.

    Args:
        temperature: softens the probabilities, positive; 1 leaves them unchanged.
        reduction: ``"mean"`` over pixels and images, or ``"none"``, which returns a map of shape (B, spatial...).

    Raises:
        ValueError: `temperature` is not positive, or `reduction` is unknown.

    Example:
        >>> import torch
        >>> from scripts.losses import SoftLoss
        >>> student = torch.zeros(1, 2, 4, 4)  # logits
        >>> teacher = torch.tensor([0.0, 2.0]).view(1, 2, 1, 1).expand(1, 2, 4, 4)
        >>> round(SoftLoss()(student, teacher).item(), 3)
        0.328
        >>> SoftLoss(reduction="none")(student, teacher).shape
        torch.Size([1, 4, 4])
    """

    def __init__(self, temperature: float = 1.0, reduction: str = "mean") -> None:
        super().__init__()
        if temperature <= 0:
            raise ValueError(f"temperature must be positive, got {temperature}.")
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}, got '{reduction}'.")
        self.temperature = temperature
        self.reduction = reduction

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the divergence of teacher and student, reduced by `reduction`.

        Args:
            input: the student's logits, shape (B, K, spatial...).
            target: the teacher's logits, of the same shape.

        Raises:
            ValueError: the shapes differ.
        """
        if input.shape != target.shape:
            raise ValueError(
                f"logits of student and teacher must have the same shape, got {tuple(input.shape)} and "
                f"{tuple(target.shape)}."
            )
        with torch.autocast(input.device.type, enabled=False):
            log_q = torch.log_softmax(input.float() / self.temperature, dim=1)
            log_p = torch.log_softmax(target.float() / self.temperature, dim=1)
            terms = F.kl_div(log_q, log_p, reduction="none", log_target=True)
            divergence = terms.sum(dim=1) * self.temperature**2  # PyTorch's mean would include classes
        return divergence.mean() if self.reduction == "mean" else divergence
