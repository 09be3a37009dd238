# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from ignite.engine import Engine

from scripts.handlers import LossMonitor, LossTermError


def losses(*epochs):
    """Run an engine whose iterations have these losses, in epochs of two."""
    values = iter(epochs)
    engine = Engine(lambda _, batch: {"image": [0, 0], "loss": next(values)})
    LossMonitor().attach(engine)
    return engine.run([0, 0], max_epochs=len(epochs) // 2)


def test_a_loss_that_explodes_ends_the_training():
    with pytest.raises(LossTermError, match=r"diverges: the loss is 1.5e\+07 in epoch 2; .* lower --learning_rate"):
        losses(3.0, 2.0, 1e7, 2e7, 1.0, 1.0)
    with pytest.raises(LossTermError, match="in epoch 1"):
        losses(3.0, 1e6)


@pytest.mark.parametrize("healthy", [(5.0, 20.0, 90.0, 30.0), (0.001, 0.9, 0.4, 0.3), (400.0, 9000.0, 20.0, 5.0)])
def test_a_loss_that_is_high_for_a_while_goes_on(healthy):
    assert losses(*healthy).metrics["loss"] == pytest.approx(sum(healthy[2:]) / 2)


def test_a_loss_that_is_not_finite_is_named_with_its_iteration():
    with pytest.raises(LossTermError, match=r"'loss' is nan in iteration 3 \(epoch 2\)"):
        losses(1.0, 1.0, float("nan"), 1.0)


def test_a_loss_without_a_gradient_says_what_can_be_the_reason():
    """A temperature of 1e-30, for instance, which leaves nothing of the soft losses."""
    with pytest.raises(LossTermError, match=r"'loss' was exactly zero through epoch 1: .* --temperature"):
        losses(0.0, 0.0)
