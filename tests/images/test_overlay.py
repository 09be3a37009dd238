# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from scripts.images.colours import CALIPERS, PREDICTION, rgb
from scripts.images.overlay import overlay
from scripts.postprocessing.measurements import measure

SHAPE = (240, 320)


def has(picture, colour):
    return (np.abs(picture.astype(int) - rgb(colour)) < 40).all(axis=2)


def rectangle(top, left, height, width):
    mask = np.zeros(SHAPE, bool)
    mask[top : top + height, left : left + width] = True
    return mask


def test_calipers_are_crosses_at_the_ends_of_the_diameters():
    mask = rectangle(80, 60, 40, 160)
    calipers = measure(mask).calipers
    drawn = overlay(np.full(SHAPE, 80, np.uint8), mask, [calipers])
    yellow = has(drawn, CALIPERS)
    for line in calipers:
        for x, y in line:
            assert yellow[round(y) - 2 : round(y) + 2, round(x) - 2 : round(x) + 2].any()
    assert yellow[90:110, 70:210].any()  # the dots between them
    assert has(drawn, PREDICTION).any()
    rows, columns = np.nonzero(yellow)
    assert rows.min() > 70 and rows.max() < 130 and columns.min() > 50 and columns.max() < 230  # no number


def test_several_lesions_are_numbered():
    masks = [rectangle(20, 20, 40, 60), rectangle(150, 200, 20, 30)]
    picture = np.zeros(SHAPE, np.uint8)
    both = overlay(picture, masks[0] | masks[1], [measure(mask).calipers for mask in masks])
    alone = [has(overlay(picture, mask, [measure(mask).calipers]), CALIPERS).sum() for mask in masks]
    assert has(both, CALIPERS).sum() > sum(alone) + 10


def test_calipers_at_the_edge_of_a_small_image():
    mask = np.ones((3, 5), bool)
    calipers = measure(mask).calipers
    assert overlay(np.zeros((3, 5), np.uint8), mask, [calipers, calipers]).shape == (3, 5, 3)


def test_without_a_lesion_the_picture_stays_grey():
    picture = np.arange(SHAPE[0] * SHAPE[1], dtype=np.uint32).astype(np.uint8).reshape(SHAPE)
    drawn = overlay(picture, np.zeros(SHAPE, bool))
    assert (drawn == picture[..., None]).all()
