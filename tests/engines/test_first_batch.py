# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What cannot be trained is told before anything is."""

from __future__ import annotations

import pytest
import torch
from monai.data import DataLoader, Dataset
from monai.networks.nets import BasicUNet, BasicUNetPlusPlus, DynUNet, UNet
from torch import nn

from scripts.engines.first_batch import check_first_batch
from scripts.errors import InputError
from scripts.inferers import AutocastInferer, ResizedInferer
from scripts.losses import JointDistillationLoss, WeightBalanceLoss
from scripts.networks import StuNet


def loader(images=4, size=32, batch_size=2):
    items = [{"image": torch.rand(1, size, size), "label": torch.ones(1, size, size)} for _ in range(images)]
    return DataLoader(Dataset(items), batch_size=batch_size)


def check(network, data_loader=None, loss=None, teachers=None):
    loss = loss or WeightBalanceLoss()
    check_first_batch(network, data_loader or loader(), loss, AutocastInferer(), "cpu", teachers)


def small(**arguments):
    return StuNet(**{"features": (2, 4), **arguments})


class Student(nn.Module):
    """Returns what `training` makes of its logits and features, in evaluation what `evaluation` makes of them."""

    def __init__(self, training, evaluation=None):
        super().__init__()
        self.logits, self.features = nn.Conv2d(1, 2, 1), nn.Conv2d(1, 16, 1)
        self.in_training, self.in_evaluation = training, evaluation or training

    def forward(self, x):
        return (self.in_training if self.training else self.in_evaluation)(self.logits(x), self.features(x))


def alone(y, features):
    return y


def test_a_network_that_fits_stays_as_it_is():
    network = small().eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    check(network)
    assert not network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


@pytest.mark.parametrize("channels", [1, 3])
def test_another_number_of_classes(channels):
    with pytest.raises(
        InputError, match=rf"--network_def StuNet: predicts \(2, {channels}, 32, 32\).*\(2, 2, 32, 32\)"
    ):
        check(small(out_channels=channels))


def test_other_input_channels():
    with pytest.raises(InputError, match=r"--network_def StuNet: does not accept a batch of shape \(2, 1, 32, 32\): "):
        check(small(in_channels=3))


def test_a_size_that_a_network_cannot_take():
    network = DynUNet(2, 1, 2, kernel_size=[3, 3, 3], strides=[1, 2, 2], upsample_kernel_size=[2, 2], filters=[2, 4, 8])
    check(network, loader(size=32))
    with pytest.raises(InputError, match=r"--network_def DynUNet: does not accept a batch of shape \(2, 1, 30, 30\): "):
        check(network, loader(size=30))


def test_a_last_batch_of_one_image_that_batch_norm_cannot_take():
    network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Upsample(size=(32, 32)))
    check(network, loader(images=4))
    with pytest.raises(InputError, match=r"does not accept a batch of shape \(1, 1, 32, 32\): .*more than 1 value"):
        check(network, loader(images=5))


def test_a_teacher_that_does_not_fit_is_named():
    loss = JointDistillationLoss({"benign": 0.7})
    check(small(), loss=loss, teachers={"benign": BasicUNet(2, 1, 2, features=(2, 2, 2, 2, 2, 2))})
    with pytest.raises(InputError, match="--teacher_defs#benign StuNet: predicts"):
        check(small(), loss=loss, teachers={"benign": small(out_channels=3)})


def test_a_loss_that_fails_is_named():
    with pytest.raises(InputError, match="loss CrossEntropyLoss: does not accept"):
        check(small(), loss=nn.CrossEntropyLoss())


@pytest.mark.parametrize(
    "network",
    [
        BasicUNetPlusPlus(2, 1, 2, features=(4, 4, 4, 4, 4, 4), deep_supervision=True),
        DynUNet(
            2,
            1,
            2,
            kernel_size=[3] * 4,
            strides=[1, 2, 2, 2],
            upsample_kernel_size=[2] * 3,
            filters=[4] * 4,
            deep_supervision=True,
            deep_supr_num=2,
        ),
    ],
    ids=["BasicUNetPlusPlus", "DynUNet"],
)
def test_networks_with_several_outputs_are_taken(network):
    check(network, loader(images=5))


@pytest.mark.parametrize(
    ("student", "told"),
    [
        (Student(lambda y, f: y[..., ::2, ::2]), r"predicts \(2, 2, 16, 16\) .*: it is not of the image's size; "),
        (Student(lambda y, f: y.movedim(1, -1)), r"predicts \(2, 32, 32, 2\) .*: its channels are the last axis; "),
        (Student(lambda y, f: y[:, 1]), r"predicts \(2, 32, 32\) .*: it has 3 axes, where 4 are needed"),
        (Student(lambda y, f: (y, f)), r": the network returns a tuple of \(2, 2, 32, 32\), \(2, 16, 32, 32\), "),
        (Student(lambda y, f: {"out": y}), ": the network returns a dict of out, not logits"),
        (Student(lambda y, f: []), ": the network returns an empty list, not logits"),
        (Student(lambda y, f: y.softmax(1)), ": returns probabilities, not logits: leave out its softmax"),
        (Student(alone, lambda y, f: y.softmax(1)), ": returns probabilities in evaluation, not logits"),
    ],
    ids=["half", "channels_last", "no_channels", "features", "dict", "empty", "softmax", "softmax_in_evaluation"],
)
def test_what_an_output_lacks_is_named(student, told):
    with pytest.raises(InputError, match=f"^--network_def Student.*{told}"):
        check(student)


def test_several_outputs_in_training_and_one_in_evaluation():
    """The last would be trained, and another one predicted."""
    with pytest.raises(InputError, match="returns 2 outputs of the image's size in training and one in evaluation, so"):
        check(Student(lambda y, f: [y, y + 1], alone))
    check(Student(lambda y, f: [y, y[..., ::2, ::2]], alone))  # there is no doubt which is meant


def test_the_size_that_a_network_takes_is_told():
    unet = UNet(2, 1, 2, channels=(2, 2, 4, 4), strides=(2, 2, 2))
    check(unet, loader(size=40))
    with pytest.raises(InputError, match=r"accept .*\(2, 1, 30, 30\): .*; it takes multiples of 8: --image_size 32"):
        check(unet, loader(size=30))
    loss, inferer = JointDistillationLoss({"benign": 0.7}), ResizedInferer(20)
    with pytest.raises(InputError, match=r"#benign UNet: .*\(2, 1, 20, 20\): .* of 8: --teacher_image_size 24"):
        check_first_batch(small(), loader(), loss, AutocastInferer(), "cpu", {"benign": unet}, inferer)
