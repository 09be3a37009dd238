# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from scripts.postprocessing.measurements import measure

SPACINGS = [None, (0.1, 0.1), (0.05, 0.2), (0.31, 0.07)]


def ellipse(shape, spacing, centre, axes, degrees):
    """The pixels whose centre is in an ellipse; centre (row, column) and semi-axes in millimetres."""
    height, width = spacing or (1.0, 1.0)
    y, x = np.mgrid[: shape[0], : shape[1]]
    y, x = (y + 0.5) * height - centre[0], (x + 0.5) * width - centre[1]
    angle = np.deg2rad(degrees)
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    return (along / axes[0]) ** 2 + (across / axes[1]) ** 2 <= 1


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("degrees", [0, 17, 45, 80, 90, 133])
@pytest.mark.parametrize("ratio", [1.4, 2.5, 6])
def test_an_ellipse_is_measured_to_a_pixel(spacing, degrees, ratio):
    height, width = spacing or (1.0, 1.0)
    long = 60 * max(height, width)
    semi = (long, long / ratio)
    size = 2.4 * long
    mask = ellipse((int(size / height), int(size / width)), spacing, (size / 2, size / 2), semi, degrees)
    measured = measure(mask, spacing)
    pixel = np.hypot(height, width)
    assert measured.longest_diameter == pytest.approx(2 * semi[0], abs=pixel)
    assert measured.perpendicular_diameter == pytest.approx(2 * semi[1], abs=pixel)
    assert measured.area == pytest.approx(np.pi * semi[0] * semi[1], rel=0.02)
    assert measured.components == 1
    assert measured.unit == ("mm" if spacing else "pixel")


def test_one_pixel():
    mask = np.zeros((5, 7), bool)
    mask[3, 2] = True
    measured = measure(mask, (0.3, 0.4))
    assert measured.longest_diameter == pytest.approx(0.4)
    assert measured.perpendicular_diameter == pytest.approx(0.3)
    assert measured.area == pytest.approx(0.12)
    assert measured.bounding_box == (3, 2, 3, 2)


def test_several_lesions():
    """Areas together, diameters of the largest; corners connect."""
    mask = np.zeros((20, 30), np.uint8)
    mask[2:5, 2:12] = 255
    mask[10, 20] = mask[11, 21] = 1
    measured = measure(mask)
    assert measured.components == 2
    assert measured.area == 32
    assert measured.longest_diameter == pytest.approx(np.hypot(10, 2))  # between the middles of edges
    assert measured.bounding_box == (2, 2, 11, 21)


def test_nothing():
    measured = measure(np.zeros((4, 4)))
    assert (measured.components, measured.area, measured.longest_diameter, measured.bounding_box) == (0, 0, 0, None)


@pytest.mark.parametrize("spacing", [(0.1,), (0.1, 0), (-1, 1), (np.nan, 1), (np.inf, 1)])
def test_a_spacing_that_is_none(spacing):
    with pytest.raises(ValueError, match="spacing"):
        measure(np.ones((3, 3)), spacing)


def test_a_stack_is_no_mask():
    with pytest.raises(ValueError, match="rows, columns"):
        measure(np.ones((2, 3, 3)))


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("degrees", [0, 17, 45, 133])
def test_calipers_end_on_the_border_and_have_the_measured_lengths(spacing, degrees):
    height, width = spacing or (1.0, 1.0)
    long = 60 * max(height, width)
    size = 2.4 * long
    shape = (int(size / height), int(size / width))
    mask = ellipse(shape, spacing, (size / 2, size / 2), (long, long / 2), degrees)
    measured = measure(np.pad(mask, ((7, 0), (5, 0))), spacing)
    longest, across = (np.array(line) - (5, 7) for line in measured.calipers)  # without the margin
    for line, diameter in ((longest, measured.longest_diameter), (across, measured.perpendicular_diameter)):
        assert np.hypot(*((line[1] - line[0]) * (width, height))) == pytest.approx(diameter)
        for x, y in line:
            column, row = int(x), int(y)
            around = mask[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
            assert around.any() and not around.all()
    directions = [(line[1] - line[0]) * (width, height) for line in (longest, across)]
    assert abs(np.dot(*directions)) < 1e-6 * np.prod([np.hypot(*each) for each in directions])


def test_the_line_across_a_bent_lesion_ends_on_it():
    """The arm of an L reaches far from its longest diameter, but no line across the lesion is as long as that."""
    mask = np.zeros((100, 100), bool)
    mask[10:90, 10:20] = True
    mask[80:90, 10:60] = True
    measured = measure(mask)
    for x, y in measured.calipers[1]:
        assert mask[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].any()
    assert measured.perpendicular_diameter < 45


def test_calipers_of_nothing():
    assert measure(np.zeros((4, 4))).calipers is None
