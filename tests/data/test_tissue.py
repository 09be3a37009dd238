# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Cutting an image to its field of view, and putting a mask back."""

from __future__ import annotations

import torch
from monai.data import MetaTensor
from monai.transforms import CropForegroundd

from scripts.data.tissue import shows_tissue


def image(left, top, right, bottom):
    """Grey tissue in black surroundings, shape (1, 120, 80): 120 columns, 80 rows."""
    grey = torch.zeros(1, 120, 80)
    grey[:, left:right, top:bottom] = 100 + 50 * torch.rand(1, right - left, bottom - top)
    return grey


def test_the_box_is_that_of_the_tissue():
    shown = shows_tissue(image(20, 10, 110, 60))
    assert shown.dtype == torch.bool
    columns, rows = shown[0].any(dim=1).nonzero(), shown[0].any(dim=0).nonzero()
    assert abs(int(columns[0]) - 20) <= 2 and abs(int(columns[-1]) - 109) <= 2
    assert abs(int(rows[0]) - 10) <= 2 and abs(int(rows[-1]) - 59) <= 2


def test_an_image_that_shows_nothing_is_kept_whole():
    assert shows_tissue(torch.zeros(1, 30, 20)).all()


def test_a_prediction_is_put_back_where_it_was_cut_from():
    crop = CropForegroundd("image", "image", select_fn=shows_tissue, allow_smaller=True)
    item = crop({"image": MetaTensor(image(20, 10, 110, 60))})
    assert 0 < item["image"].numel() < 120 * 80
    whole = crop.inverse({"image": MetaTensor(torch.ones_like(item["image"])).copy_meta_from(item["image"])})["image"]
    assert whole.shape == (1, 120, 80)
    assert whole[0, 30:100, 20:50].all()
    assert not whole[0, :10].any() and not whole[0, :, 70:].any()
