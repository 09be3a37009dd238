# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import torch

from scripts.data import RandLesionCropd

SIZE = (48, 64)


def item(lesion=(slice(10, 20), slice(30, 44))):
    mask = torch.zeros(1, *SIZE)
    mask[0][lesion] = 1
    return {"image": 0.2 + 0.6 * mask, "label": mask}  # the image shows the mask


def crops(count=200, data=None, **options):
    crop = RandLesionCropd(["image", "label"], "label", prob=1.0, **options).set_random_state(0)
    return [crop(data or item()) for _ in range(count)]


def test_half_of_the_windows_have_no_lesion():
    lesion = torch.tensor([found["label"].any() for found in crops()])
    assert 0.4 < lesion.float().mean() < 0.6


@pytest.mark.parametrize("share, expected", [(0.0, True), (1.0, False)])
def test_all_windows_with_or_without(share, expected):
    assert all(bool(found["label"].any()) is expected for found in crops(50, lesion_free=share))


def test_image_and_mask_stay_aligned_and_keep_size_and_values():
    for found in crops(50):
        assert found["image"].shape == found["label"].shape == (1, *SIZE)
        assert set(found["label"].unique().tolist()) <= {0.0, 1.0}
        inside = found["label"] > 0
        assert ((found["image"] > 0.5) != inside).float().mean() < 0.1  # interpolated at the edge
        assert found["image"].min() >= 0.199 and found["image"].max() <= 0.801


def test_windows_have_the_same_sizes_with_a_lesion_and_without():
    """A wider window shows fewer columns of stripes: their number tells the size."""
    data = item()
    data["image"] = torch.arange(SIZE[1]).float().expand(1, *SIZE)
    widths: dict[bool, list[float]] = {True: [], False: []}
    for found in crops(400, data):
        widths[bool(found["label"].any())].append(float(found["image"].max() - found["image"].min()))
    means = [sum(each) / len(each) for each in widths.values()]
    assert means[0] == pytest.approx(means[1], rel=0.05)


def test_an_image_that_is_all_lesion_stays_as_it_is():
    data = item((slice(None), slice(None)))
    for found in crops(5, data):
        assert torch.equal(torch.as_tensor(found["image"]), data["image"])


def test_probability_and_seed():
    crop = RandLesionCropd(["label"], "label", prob=0.25, mode="nearest").set_random_state(1)
    first = [crop({"label": item()["label"]})["label"] for _ in range(200)]
    unchanged = sum(torch.equal(torch.as_tensor(mask), item()["label"]) for mask in first)
    assert 130 < unchanged < 170
    crop.set_random_state(1)
    assert all(torch.equal(mask, crop({"label": item()["label"]})["label"]) for mask in first)


def test_every_key_needs_a_mode():
    with pytest.raises(ValueError, match="2"):
        RandLesionCropd(["image", "label", "weight"], "label")


@pytest.mark.parametrize("sizes", [(0.0, 0.5), (0.6, 0.5), (0.5, 1.1)])
def test_wrong_sizes(sizes):
    with pytest.raises(ValueError, match="size_range must increase"):
        RandLesionCropd(["label"], "label", size_range=sizes)
