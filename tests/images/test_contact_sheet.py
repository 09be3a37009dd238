# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from scripts.images.colours import CALIPERS, PREDICTION, rgb
from scripts.images.contact_sheet import ContactSheet


@pytest.mark.parametrize(
    ("frames", "chosen"),
    [(2, [1, 2]), (12, list(range(1, 13))), (100, [1, 10, 19, 28, 37, 46, 55, 64, 73, 82, 91, 100])],
)
def test_frames_are_chosen_evenly(frames, chosen):
    assert ContactSheet(frames).chosen == chosen


@pytest.mark.parametrize("shape", [(600, 800), (800, 600), (40, 50), (3, 2000)])
def test_each_frame_is_shown_with_its_lesion_and_its_caption(shape):
    sheet = ContactSheet(3)
    mask = np.zeros(shape, bool)
    mask[shape[0] // 4 : shape[0] // 2 + 1, shape[1] // 4 : shape[1] // 2] = True
    y, x = shape[0] * 0.4, shape[1]
    for number in sheet.chosen:
        sheet.add(np.full(shape, 80, np.uint8), mask, [[[(x / 4, y), (x / 2, y)]]], f"frame {number}")
    picture = np.asarray(sheet.picture()).astype(int)
    assert picture.shape[1] % 3 in (0, 1, 2) and picture.shape[2] == 3
    for colour in (PREDICTION, CALIPERS):
        columns = np.flatnonzero((np.abs(picture - rgb(colour)) < 60).all(axis=2).any(axis=0))
        assert np.ptp(columns) > picture.shape[1] / 2  # in the first and in the last of three tiles
    assert (picture[-26:] > 200).any()  # the caption
