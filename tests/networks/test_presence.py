# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The presence head: its answer travels in the logits, and gates them outside training."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch

from scripts.networks import EfficientUNet, StuNet
from scripts.networks.presence import PresenceHead, join_presence, lesion_margins, presence_logits
from scripts.networks.registry import NETWORKS

CLASSES = (EfficientUNet, StuNet)


def network(kind, presence_head=True):
    """A small network whose batch statistics are those of other images than the default's."""
    torch.manual_seed(3)
    entry = next(entry for entry in NETWORKS.values() if entry.network is kind)
    made = kind(presence_head=presence_head, **entry.small).train()
    made(torch.rand(4, 1, 64, 64))
    return made


def probability(logits):
    return torch.softmax(logits, dim=1)[:, 1]


def test_presence_is_the_mean_over_the_classes_and_leaves_probabilities_alone():
    logits, presence = torch.randn(3, 2, 5, 6), torch.tensor([[-2.0], [0.5], [9.0]])
    joined = join_presence(lesion_margins(logits), presence, gate=False)
    torch.testing.assert_close(presence_logits(joined), presence[:, 0])
    torch.testing.assert_close(probability(joined), probability(logits))


def test_no_pixel_is_more_probably_lesion_than_the_image_shows_one():
    logits, presence = 3 * torch.randn(3, 2, 5, 6), torch.tensor([[-2.0], [0.5], [9.0]])
    joined = join_presence(lesion_margins(logits), presence, gate=True)
    torch.testing.assert_close(presence_logits(joined), presence[:, 0])
    limit = torch.sigmoid(presence)[..., None].expand(3, 5, 6)
    torch.testing.assert_close(probability(joined), torch.minimum(probability(logits), limit))
    assert not joined[0].argmax(0).any()
    assert torch.equal(joined[1:].argmax(1), logits[1:].argmax(1))


@pytest.mark.parametrize("kind", CLASSES)
def test_training_is_not_gated_and_reaches_the_head_through_the_mean(kind):
    made = network(kind)
    torch.nn.init.constant_(made.presence.linear.bias, -50.0)
    output = made(torch.rand(2, 1, 64, 64))
    assert output.shape == (2, 2, 64, 64)
    assert (presence_logits(output) < -40).all()
    assert output.argmax(1).any()
    assert not made.eval()(torch.rand(2, 1, 64, 64)).argmax(1).any()
    presence_logits(output).sum().backward()
    assert made.presence.linear.weight.grad.any()
    assert made.head.conv.weight.grad.abs().max() < 1e-4  # of rounding alone


@pytest.mark.parametrize("kind", CLASSES)
def test_without_a_head_a_network_is_what_it_was(kind):
    plain, own = network(kind, presence_head=False), network(kind)
    assert not any(name.startswith("presence") for name in plain.state_dict())
    plain.load_state_dict({k: v for k, v in own.state_dict().items() if not k.startswith("presence")})
    torch.nn.init.constant_(own.presence.linear.bias, 50.0)
    x = torch.rand(2, 1, 70, 50)
    torch.testing.assert_close(probability(own.eval()(x)), probability(plain.eval()(x)))


@pytest.mark.parametrize("kind", CLASSES)
def test_it_is_exported_with_its_gate(kind, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    made = network(kind).eval()
    x = torch.rand(2, 1, 64, 64)
    expected = made(x)
    torch.testing.assert_close(torch.jit.script(made)(x), expected)
    file = io.BytesIO()
    torch.onnx.export(made, (x,), file, input_names=["image"], dynamic_axes={"image": {0: "batch"}}, dynamo=False)
    session = onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])
    for images in (x, x[:1]):
        (logits,) = session.run(None, {"image": images.numpy()})
        np.testing.assert_allclose(logits, made(images).detach().numpy(), rtol=1e-3, atol=1e-4)


def test_a_head_takes_volumes():
    assert PresenceHead(3, 6).eval()(torch.rand(2, 6, 3, 4, 5)).shape == (2, 1)
