# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Expectations are worked out by hand in the comments."""

from __future__ import annotations

import math

import pytest
import torch

from scripts.losses import SoftLoss
from tests.losses.logits import logits_of


def test_soft_loss_by_hand():
    student, teacher = logits_of(torch.tensor([[0.5, 0.9]])), logits_of(torch.tensor([[0.8, 0.9]]))
    # First pixel: 0.8 ln(0.8/0.5) + 0.2 ln(0.2/0.5); second: 0.
    first = 0.8 * math.log(1.6) + 0.2 * math.log(0.4)
    assert SoftLoss()(student, teacher).item() == pytest.approx(first / 2, rel=1e-5)
    assert SoftLoss(reduction="none")(student, teacher).sum().item() == pytest.approx(first, rel=1e-5)
    none = SoftLoss(reduction="none")(student, teacher)
    torch.testing.assert_close(none, torch.tensor([[first, 0.0]]), atol=1e-6, rtol=1e-5)


def test_soft_loss_temperature_by_hand():
    student, teacher = torch.zeros(1, 2, 1), torch.tensor([[[0.0], [2.0]]])
    # T = 2: teacher's softmax of (0, 1) is (1/(1+e), e/(1+e)), student's (1/2, 1/2); the divergence times 4.
    p = math.e / (1 + math.e)
    expected = 4 * (p * math.log(2 * p) + (1 - p) * math.log(2 * (1 - p)))
    assert SoftLoss(temperature=2)(student, teacher).item() == pytest.approx(expected, rel=1e-5)


def test_soft_loss_is_the_divergence_of_the_student_from_the_teacher():
    """Zero for equal predictions, positive otherwise, and not symmetric."""
    a, b = torch.randn(2, 3, 4, 4, 4), torch.randn(2, 3, 4, 4, 4)
    assert SoftLoss()(a, a).item() == pytest.approx(0, abs=1e-6)
    assert SoftLoss()(a, b) > 0
    assert SoftLoss()(a, b).item() != pytest.approx(SoftLoss()(b, a).item(), rel=1e-3)
    torch.testing.assert_close(
        SoftLoss()(a, b),
        torch.nn.functional.kl_div(a.log_softmax(1), b.log_softmax(1), log_target=True, reduction="sum") / (2 * 64),
    )


def test_gradients_reach_student_and_teacher_by_hand():
    """Two classes, one pixel: dD/dz_q = q - p, dD/dz_p = p (ln p - ln q - D)."""
    student = torch.tensor([[[0.0], [0.0]]], requires_grad=True)
    teacher = torch.tensor([[[0.0], [math.log(4)]]], requires_grad=True)  # p = (0.2, 0.8), q = (0.5, 0.5)
    divergence = SoftLoss()(student, teacher)
    divergence.backward()
    torch.testing.assert_close(student.grad.flatten(), torch.tensor([0.3, -0.3]))
    by_hand = [p * (math.log(p / 0.5) - divergence.item()) for p in (0.2, 0.8)]
    torch.testing.assert_close(teacher.grad.flatten(), torch.tensor(by_hand))


def test_soft_loss_refuses():
    for arguments, message in (({"temperature": 0}, "temperature"), ({"reduction": "sum"}, "reduction")):
        with pytest.raises(ValueError, match=message):
            SoftLoss(**arguments)
    with pytest.raises(ValueError, match="same shape"):
        SoftLoss()(torch.zeros(1, 2, 4), torch.zeros(1, 2, 5))
