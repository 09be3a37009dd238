# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch

from scripts.losses import JointDistillationLoss, SoftLoss, WeightBalanceLoss


class SumOfDifferences(torch.nn.Module):
    """A soft loss of a user, which has no `reduction`."""

    def forward(self, input, target):
        return (input - target).abs().sum()


@pytest.mark.parametrize(
    ("hard", "teachers"),
    [(0.3, {"benign": 0.5, "malignant": 0.2}), (0.3, {"mixed": 0.7}), (0.25, {"a": 0.25, "b": 0.25, "c": 0.25})],
)
def test_joint_loss_is_the_weighted_sum_of_its_terms(hard, teachers):
    student = torch.randn(2, 2, 6, 6)
    target = (torch.rand(2, 1, 6, 6) > 0.5).float()
    predictions = {name: torch.randn(2, 2, 6, 6) for name in teachers}
    loss = JointDistillationLoss(teacher_weights=teachers, hard_weight=hard)
    terms = loss(student, target, predictions)
    assert tuple(terms) == loss.term_names == ("loss", "hard", *(f"soft_{name}" for name in teachers))
    expected = hard * WeightBalanceLoss()(student, target)
    for name, weight in teachers.items():
        torch.testing.assert_close(terms[f"soft_{name}"], SoftLoss()(student, predictions[name]))
        expected = expected + weight * SoftLoss()(student, predictions[name])
    torch.testing.assert_close(terms["loss"], expected)


def test_joint_loss_without_teachers_is_the_hard_loss():
    student, target = torch.randn(1, 2, 4, 4), torch.ones(1, 1, 4, 4)
    terms = JointDistillationLoss(teacher_weights={}, hard_weight=1.0)(student, target, {})
    torch.testing.assert_close(terms["loss"], WeightBalanceLoss()(student, target))


def test_joint_loss_with_weights_of_each_image():
    """By hand: each image's divergence with its own weight, the mean over images."""
    generator = torch.Generator().manual_seed(0)
    student, first, second = (torch.randn(3, 2, 5, 4, generator=generator) for _ in range(3))
    target = torch.zeros(3, 1, 5, 4)
    weights = {"a": torch.tensor([0.7, 0.0, 0.5]), "b": torch.tensor([0.0, 0.7, 0.2])}
    loss = JointDistillationLoss(teacher_weights={"a": 0.5, "b": 0.2}, hard_weight=0.3)
    terms = loss(student, target, {"a": first, "b": second}, weights)
    soft = SoftLoss()
    expected = 0.3 * WeightBalanceLoss()(student, target)
    for i in range(3):
        for name, teacher in (("a", first), ("b", second)):
            expected = expected + weights[name][i] * soft(student[i : i + 1], teacher[i : i + 1]) / 3
    torch.testing.assert_close(terms["loss"], expected)
    torch.testing.assert_close(terms["soft_a"], soft(student, first))
    same = {"a": torch.full((3,), 0.5), "b": torch.full((3,), 0.2)}
    with_same = loss(student, target, {"a": first, "b": second}, same)
    torch.testing.assert_close(with_same["loss"], loss(student, target, {"a": first, "b": second})["loss"])
    # However a soft loss reduces: to a number, or not at all.
    for soft_loss in (SoftLoss(), SoftLoss(reduction="none"), SumOfDifferences()):
        own = JointDistillationLoss(teacher_weights={"a": 1.0}, hard_weight=0.0, soft_loss=soft_loss)
        value = own(student, target, {"a": first}, {"a": weights["a"]})["loss"]
        each = [own.soft_loss(student[i : i + 1], first[i : i + 1]).mean() for i in range(3)]
        torch.testing.assert_close(value, (weights["a"] * torch.stack(each)).mean())
    with pytest.raises(ValueError, match="expected the image weights of the teachers"):
        loss(student, target, {"a": first, "b": second}, {"a": weights["a"]})


def test_joint_loss_refuses_other_teachers():
    loss = JointDistillationLoss(teacher_weights={"benign": 0.5, "malignant": 0.2})
    with pytest.raises(ValueError, match=r"\['benign', 'malignant'\], got \['benign'\]"):
        loss(torch.zeros(1, 2, 4, 4), torch.zeros(1, 1, 4, 4), {"benign": torch.zeros(1, 2, 4, 4)})
    with pytest.raises(ValueError, match="'malignant' must not be negative"):
        JointDistillationLoss(teacher_weights={"malignant": -0.1})
