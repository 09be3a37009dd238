# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest

from scripts.images.components import connected_components


def drawn(*rows):
    return np.array([[character == "#" for character in row] for row in rows], dtype=np.uint8)


MASKS = {
    "empty": drawn("...", "..."),
    "full": drawn("###", "###"),
    "one pixel": drawn("...", "..#"),
    "corners connect": drawn("#..", ".#.", "..#"),
    "a hole": drawn("#####", "#...#", "#...#", "#####"),
    "an island in a hole": drawn("#######", "#.....#", "#..#..#", "#.....#", "#######"),
    "two": drawn("##...", "##..#", "....#"),
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_components_are_those_of_opencv(mask):
    labels, stats = connected_components(mask)
    count, expected, expected_stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    assert len(stats) == count
    assert np.array_equal(labels, expected)
    assert np.array_equal(stats[1:], expected_stats[1:])


def test_random_masks():
    random = np.random.default_rng(0)
    for _ in range(200):
        mask = (random.random((6, 9)) < random.choice([0.03, 0.1, 0.5, 0.95])).astype(np.uint8)
        labels, stats = connected_components(mask)
        _, expected, expected_stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        assert np.array_equal(labels, expected)
        assert np.array_equal(stats[1:], expected_stats[1:])
