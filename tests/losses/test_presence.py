# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest
import torch

from scripts.losses import PresenceLoss, WeightBalanceLoss
from scripts.networks.presence import join_presence, lesion_margins

torch.manual_seed(0)
LOGITS = torch.randn(3, 2, 4, 4)
TARGET = torch.zeros(3, 1, 4, 4)
TARGET[:2, :, 1:3, 1:3] = 1  # the third shows no lesion
PRESENCE = torch.tensor([[0.0], [1.0], [2.0]])


def output(requires_grad=False):
    return join_presence(lesion_margins(LOGITS), PRESENCE, gate=False).requires_grad_(requires_grad)


def test_the_segmentation_learns_from_images_with_a_lesion_alone():
    terms = PresenceLoss().terms(output(), TARGET)
    expected = WeightBalanceLoss()(LOGITS[:2], TARGET[:2]) * 2 / 3
    assert terms["segmentation"].item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_head_learns_from_all():
    # -ln σ(0), -ln σ(1), -ln (1 - σ(2))
    expected = (math.log(2) + math.log(1 + math.exp(-1)) + math.log(1 + math.exp(2))) / 3
    assert PresenceLoss().terms(output(), TARGET)["presence"].item() == pytest.approx(expected, rel=1e-5)


def test_the_sum_is_weighted():
    terms = PresenceLoss().terms(output(), TARGET)
    expected = terms["segmentation"] + 0.3 * terms["presence"]
    assert PresenceLoss(weight=0.3)(output(), TARGET).item() == pytest.approx(expected.item())


def test_labels_may_be_one_hot():
    one_hot = torch.cat([1 - TARGET, TARGET], dim=1)
    assert PresenceLoss()(output(), one_hot).item() == pytest.approx(PresenceLoss()(output(), TARGET).item())


def test_a_batch_without_any_lesion_teaches_the_head_alone():
    given = output(requires_grad=True)
    loss = PresenceLoss()(given, torch.zeros(3, 1, 4, 4))
    loss.backward()
    assert torch.isfinite(loss)
    # The cross-entropy's slope is σ(presence), spread evenly over the mean of three images, two classes, 16 pixels.
    expected = (torch.sigmoid(PRESENCE) / 3 / 32)[..., None, None].expand(3, 2, 4, 4)
    torch.testing.assert_close(given.grad, expected)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="weight must not be negative"):
        PresenceLoss(weight=-1)
