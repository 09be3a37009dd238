# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from scripts.calibration.observations import observe
from scripts.errors import InputError


def bright(levels):
    return (levels > levels.max() / 2).astype(np.float32)


def item(path, pages):
    """An image of the datalist, of one page or more, and its mask."""
    grey, mask = np.full((20, 30), 90, dtype=np.uint8), np.zeros((20, 30), dtype=np.uint8)
    grey[0, 0] = 0  # the darkest level; all others are tissue
    grey[5:15, 5:15], mask[5:15, 5:15] = 200, 255
    images = [Image.fromarray(np.roll(grey, 3 * page)) for page in range(pages)]
    images[0].save(path, save_all=True, append_images=images[1:])
    label = path.with_name("mask.png")
    Image.fromarray(mask).save(label)
    known = {"name": path.name, "class": "benign", "group": 3, "fold": 1, "spacing": (math.nan, math.nan)}
    return {"image": str(path), "label": [str(label)], **known}


def test_an_image_is_observed_with_its_ground_truth(tmp_path):
    (seen,) = observe([item(tmp_path / "one.tif", 1)], bright, "images")
    assert np.array_equal(seen.probability > 0.5, seen.ground_truth)
    assert (seen.name, seen.group, seen.fold, seen.flip_agreement) == ("one.tif", 3, 1, 1.0)


def test_a_file_of_several_pages_is_refused(tmp_path):
    with pytest.raises(InputError, match="two.tif: cannot be read as an image: holds 2 images .*, must hold one"):
        observe([item(tmp_path / "two.tif", 2)], bright, "images")
