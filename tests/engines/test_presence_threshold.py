# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The presence threshold after a training, with logits that are known."""

from __future__ import annotations

import pytest
import torch
from monai.inferers import SimpleInferer
from torch import nn

from scripts.engines.presence_threshold import fit_presence_threshold
from scripts.errors import InputError


class Known(nn.Module):
    """The presence logit of an image is its first pixel plus the head's bias."""

    def __init__(self):
        super().__init__()
        self.presence = nn.Module()
        self.presence.linear = nn.Linear(1, 1)
        nn.init.constant_(self.presence.linear.bias, 0.5)

    def forward(self, x):
        return (x[:, :, :1, :1] + self.presence.linear.bias).expand(-1, 2, *x.shape[2:])


def batches(values, lesions, datasets=None):
    images = torch.tensor(values).reshape(-1, 1, 1, 1).expand(-1, 1, 4, 4).clone()
    labels = torch.tensor(lesions).byte().reshape(-1, 1, 1, 1).expand(-1, 1, 4, 4)
    return [{"image": images, "label": labels, **({"dataset": datasets} if datasets else {})}]


def found(network, values):
    return (torch.tensor(values) + network.presence.linear.bias.item() > 0).tolist()


def fit(data, sensitivity, path):
    network = Known()
    fit_presence_threshold(network, data, SimpleInferer(), "cpu", sensitivity, path)
    assert torch.load(path, weights_only=True)["presence.linear.bias"] == network.presence.linear.bias
    return network


@pytest.mark.parametrize(("sensitivity", "expected"), [(1.0, 4), (0.75, 3), (0.5, 2)])
def test_as_many_lesions_are_found_as_asked_for(sensitivity, expected, tmp_path, caplog):
    lesions, normals = [-3.0, -1.0, 2.0, 5.0], [-4.0, -2.0]
    network = fit(batches(lesions + normals, [True] * 4 + [False] * 2), sensitivity, tmp_path / "model.pt")
    assert sum(found(network, lesions)) == expected
    assert f"{expected / 4:.3f} of the 4 validation images with a lesion" in caplog.text or not caplog.text


def test_the_share_is_found_in_each_data_set(tmp_path):
    plain, hard = [5.0] * 18, [-2.0, -1.0, 2.0, 3.0]
    data = batches(plain + hard, [True] * 22, ["plain"] * 18 + ["hard"] * 4)
    assert found(fit(data, 0.75, tmp_path / "a.pt"), hard) == [False, True, True, True]
    assert found(fit(data, 0.8, tmp_path / "b.pt"), hard) == [True] * 4  # although 19 of all 22 would do


def test_once_more_changes_nothing(tmp_path):
    network, data = Known(), batches([-3.0, 4.0], [True, True])
    bias = []
    for _ in range(2):
        fit_presence_threshold(network, data, SimpleInferer(), "cpu", 1.0, tmp_path / "model.pt")
        bias.append(network.presence.linear.bias.item())
    assert bias[0] == pytest.approx(bias[1], abs=1e-5)
    assert bias[0] == pytest.approx(3.0, abs=0.01)


@pytest.mark.parametrize(
    ("sensitivity", "lesions", "message"),
    [
        (0.0, [True], "--presence_sensitivity 0.0: must be above 0, and at most 1"),
        (0.9, [False], "no validation image has a lesion; choose another --validation_fold"),
    ],
)
def test_mistakes(sensitivity, lesions, message, tmp_path):
    with pytest.raises(InputError, match=message):
        fit(batches([1.0], lesions), sensitivity, tmp_path / "model.pt")
    assert not (tmp_path / "model.pt").exists()
