# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Expectations are worked out by hand in the comments."""

from __future__ import annotations

import math

import pytest
import torch

from scripts.losses import JointDistillationLoss, SoftLoss, WeightBalanceLoss


def logits_of(probability: torch.Tensor) -> torch.Tensor:
    """Two-class logits (B, 2, ...) whose softmax gives `probability` (B, ...) to class 1."""
    return torch.stack([torch.log(1 - probability), torch.log(probability)], dim=1)


# Four pixels, one lesion: probabilities of lesion 0.8, 0.4, 0.2, 0.2 for the truth 1, 0, 0, 0.
P = torch.tensor([[[0.8, 0.4], [0.2, 0.2]]])
G = torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]]])


def test_weight_balance_terms_by_hand():
    terms = WeightBalanceLoss(smooth=1.0).terms(logits_of(P), G)
    # Eq. 4, mean over pixels: -(ln 0.8 + ln 0.6 + ln 0.8 + ln 0.8) / 4
    assert terms["ce"].item() == pytest.approx(-(3 * math.log(0.8) + math.log(0.6)) / 4, rel=1e-5)
    # Eq. 5, class weight 1/2. Lesion: sum pg = 0.8, sum p^2 = 0.64 + 0.16 + 0.04 + 0.04 = 0.88, sum g^2 = 1.
    # Background: sum pg = 0.6 + 0.8 + 0.8 = 2.2, sum p^2 = 0.04 + 0.36 + 0.64 + 0.64 = 1.68, sum g^2 = 3.
    # One pixel is added to the overlap, two to the denominator.
    lesion, background = 2 * (0.8 + 1) / (0.88 + 1 + 2), 2 * (2.2 + 1) / (1.68 + 3 + 2)
    assert terms["dice"].item() == pytest.approx(1 - (lesion + background) / 2, rel=1e-5)
    # Eq. 6: lesion 0.8 / (1.6 + 1 - 0.8), background 2.2 / (2.4 + 3 - 2.2), a pixel added to both sides.
    lesion, background = (0.8 + 1) / (1.8 + 1), (2.2 + 1) / (3.2 + 1)
    assert terms["iou"].item() == pytest.approx(-(math.log(lesion) + math.log(background)) / 2, rel=1e-5)


def test_weight_balance_is_twice_ce_plus_dice_plus_iou():
    loss = WeightBalanceLoss()
    terms = loss.terms(logits_of(P), G)
    assert loss(logits_of(P), G).item() == pytest.approx((2 * terms["ce"] + terms["dice"] + terms["iou"]).item())


def test_lesion_alone_without_background():
    terms = WeightBalanceLoss(include_background=False).terms(logits_of(P), G)
    assert terms["iou"].item() == pytest.approx(-math.log(1.8 / 2.8), rel=1e-5)


def test_one_hot_and_index_labels_agree():
    loss, one_hot = WeightBalanceLoss(), torch.cat([1 - G, G], dim=1)
    torch.testing.assert_close(loss(logits_of(P), G), loss(logits_of(P), one_hot))


def test_small_lesions_count_like_large_ones():
    """Overlaps are per image: repeating an image in the batch changes nothing."""
    loss = WeightBalanceLoss()
    torch.testing.assert_close(loss(logits_of(P), G), loss(logits_of(P).repeat(3, 1, 1, 1), G.repeat(3, 1, 1, 1)))


@pytest.mark.parametrize("shape", [(16, 16), (6, 7, 5)])
@pytest.mark.parametrize("truth", ["empty", "full", "half"])
@pytest.mark.parametrize("sign", [60.0, -60.0, 0.0], ids=["perfect", "wrong", "undecided"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_finite_everywhere(shape, truth, sign, dtype):
    target = torch.zeros(2, 1, *shape) if truth == "empty" else torch.ones(2, 1, *shape)
    if truth == "half":
        target[..., ::2] = 0
    logits = (torch.cat([1 - 2 * target, 2 * target - 1], dim=1) * sign).to(dtype).requires_grad_()
    loss = WeightBalanceLoss()(logits, target)
    loss.backward()
    assert loss.dtype == torch.float32
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()
    if sign > 0:
        assert loss.item() == pytest.approx(0, abs=1e-4)
    else:
        assert loss.item() > 1


def test_iou_stays_finite_in_a_large_volume():
    """1 - (1 / 10^7) is 1 in float32, whose logarithm of the rest would be infinite."""
    target = torch.zeros(1, 1, 220, 220, 220)
    logits = torch.cat([torch.full_like(target, -50), torch.full_like(target, 50)], dim=1)
    assert WeightBalanceLoss().terms(logits, target)["iou"].item() == pytest.approx(math.log(220**3 + 1), rel=1e-4)


def test_float32_under_autocast():
    logits = torch.randn(1, 2, 8, 8)
    target = (torch.rand(1, 1, 8, 8) > 0.5).float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = WeightBalanceLoss()(logits, target)
    torch.testing.assert_close(inside, WeightBalanceLoss()(logits, target))


def test_shapes_that_do_not_belong_together():
    with pytest.raises(ValueError, match="target must have shape"):
        WeightBalanceLoss()(torch.zeros(1, 2, 8, 8), torch.zeros(1, 1, 8, 9))
    with pytest.raises(ValueError, match="background included"):
        WeightBalanceLoss()(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 8, 8))
    with pytest.raises(ValueError, match="smooth must be positive"):
        WeightBalanceLoss(smooth=0)


def test_soft_loss_by_hand():
    student, teacher = logits_of(torch.tensor([[0.5, 0.9]])), logits_of(torch.tensor([[0.8, 0.9]]))
    # First pixel: 0.8 ln(0.8/0.5) + 0.2 ln(0.2/0.5); second: 0.
    first = 0.8 * math.log(1.6) + 0.2 * math.log(0.4)
    assert SoftLoss()(student, teacher).item() == pytest.approx(first / 2, rel=1e-5)
    assert SoftLoss(reduction="sum")(student, teacher).item() == pytest.approx(first, rel=1e-5)
    assert SoftLoss(reduction="batchmean")(student, teacher).item() == pytest.approx(first, rel=1e-5)
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


def test_soft_loss_refuses():
    for arguments, message in (({"temperature": 0}, "temperature"), ({"reduction": "median"}, "reduction")):
        with pytest.raises(ValueError, match=message):
            SoftLoss(**arguments)
    with pytest.raises(ValueError, match="same shape"):
        SoftLoss()(torch.zeros(1, 2, 4), torch.zeros(1, 2, 5))


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
    with pytest.raises(ValueError, match="expected the image weights of the teachers"):
        loss(student, target, {"a": first, "b": second}, {"a": weights["a"]})


def test_joint_loss_refuses_other_teachers():
    loss = JointDistillationLoss(teacher_weights={"benign": 0.5, "malignant": 0.2})
    with pytest.raises(ValueError, match=r"\['benign', 'malignant'\], got \['benign'\]"):
        loss(torch.zeros(1, 2, 4, 4), torch.zeros(1, 1, 4, 4), {"benign": torch.zeros(1, 2, 4, 4)})
    with pytest.raises(ValueError, match="'malignant' must not be negative"):
        JointDistillationLoss(teacher_weights={"malignant": -0.1})
