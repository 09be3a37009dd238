# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Random transforms on plain tensors."""

from __future__ import annotations

import pytest
import torch
from monai.data import MetaTensor, get_track_meta
from monai.transforms import Compose, Lambdad, RandAffined, RandFlipd, RandGaussianNoised

from scripts.data import WithoutMetadata


def steps() -> list:
    return [
        RandFlipd(["image", "label"], prob=0.5, spatial_axis=0),
        RandAffined(["image", "label"], prob=1, rotate_range=0.4, mode=("bilinear", "nearest")),
        RandGaussianNoised("image", prob=1, std=0.1),
    ]


def test_values_are_those_of_compose_without_metadata() -> None:
    image, label = torch.rand(1, 16, 16), (torch.rand(1, 16, 16) > 0.5).float()
    plain, recorded = WithoutMetadata(steps()), Compose(steps())
    for seed in range(4):
        item = {"image": MetaTensor(image), "label": MetaTensor(label)}
        for each in (plain, recorded):
            each.set_random_state(seed)
        first, second = plain(item), recorded(item)
        for key in item:
            assert type(first[key]) is torch.Tensor and isinstance(second[key], MetaTensor)
            assert torch.equal(first[key], second[key].as_tensor())


def test_the_metadata_of_others_is_kept_also_after_an_error() -> None:
    def fail(_: torch.Tensor) -> None:
        assert not get_track_meta()
        raise KeyError("image")

    with pytest.raises((KeyError, RuntimeError)):
        WithoutMetadata([Lambdad("image", fail)])({"image": torch.zeros(1, 2, 2)})
    assert get_track_meta()
