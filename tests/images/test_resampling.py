# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Resizing without PyTorch gives what MONAI's `Resize` gives."""

from __future__ import annotations

import numpy as np
import pytest
from monai.transforms import Resize

from scripts.images.resampling import resize

SHAPES = [((300, 400), (224, 224)), ((100, 400), (224, 224)), ((50, 60), (224, 224)), ((224, 224), (531, 97))]


@pytest.mark.parametrize("anti_aliasing", [False, True])
@pytest.mark.parametrize(("shape", "size"), SHAPES)
def test_as_monai(shape, size, anti_aliasing):
    image = np.random.default_rng(0).random(shape).astype(np.float32)
    expected = Resize(spatial_size=size, anti_aliasing=anti_aliasing)(image[None])[0].numpy()
    np.testing.assert_allclose(resize(image, size, anti_aliasing), expected, atol=1e-5)


@pytest.mark.parametrize(("shape", "size"), [*SHAPES, ((471, 562), (224, 224)), ((7, 5), (3, 2))])
def test_8_bits_are_exactly_those_of_monai(shape, size):
    """What is rounded to 8 bits afterwards must not lie on the other side of a whole number."""
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    expected = Resize(spatial_size=size)(image[None].astype(np.float32))[0].numpy()
    np.testing.assert_array_equal(resize(image, size), expected)


def test_the_same_size_is_unchanged():
    image = np.random.default_rng(0).random((30, 40)).astype(np.float32)
    np.testing.assert_array_equal(resize(image, (30, 40), anti_aliasing=True), image)


def test_area_averages_whole_pixels():
    np.testing.assert_allclose(resize(np.array([[0.0, 2.0, 4.0, 6.0]]), (1, 2)), [[1, 5]])
