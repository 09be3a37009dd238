# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Expectations are worked out by hand in the comments."""

from __future__ import annotations

import math

import pytest
import torch

from scripts.losses import WeightBalanceLoss
from tests.losses.logits import logits_of

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
