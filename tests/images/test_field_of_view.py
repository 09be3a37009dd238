# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a scanner's screen shows around the tissue is no tissue."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from scripts.data.phantoms.dataset import render_phantom
from scripts.images.field_of_view import field_of_view
from scripts.images.image_file import Region
from scripts.prediction.regions import lesion_probability

SCREEN = (600, 800)


@cache
def sector(seed, shape):
    """A phantom, and where it lies on the screen."""
    tissue, _ = render_phantom("benign", (330, 420), np.random.default_rng(seed))
    where = np.zeros(tissue.shape, np.uint8)
    if shape == "rectangle":
        where[:] = 1
    else:  # of a convex probe: between two circles about a point above the image
        y, x = np.mgrid[: tissue.shape[0], : tissue.shape[1]]
        y, x = y + 120.0, x - 210.0
        distance = np.hypot(x, y)
        where[(distance > 130) & (distance < 440) & (np.abs(x) < 0.55 * y)] = 1
    return np.where(where, np.maximum(tissue, 1), 0).astype(np.uint8), where > 0


def screen(seed, shape, black=0):
    """A screen with a sector in its middle, and where that is."""
    tissue, where = sector(seed, shape)
    grey = np.full(SCREEN, black, np.uint8)
    inside = np.zeros(SCREEN, bool)
    part = slice(130, 460), slice(190, 610)
    grey[part] = np.where(where, tissue, black)
    inside[part] = where
    return grey, inside


def text(grey):
    for row, words in enumerate(("LightBTSeg Hospital", "12.5 MHz  G 58%", "D 4.0 cm", "MI 0.9  TIS 0.2")):
        cv2.putText(grey, words, (12, 34 + 24 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    cv2.putText(grey, "RIGHT BREAST 10 O'CLOCK", (190, 560), cv2.FONT_HERSHEY_DUPLEX, 1.0, 255, 2)


def logo(grey):
    cv2.circle(grey, (730, 60), 38, 250, -1)
    cv2.putText(grey, "US", (702, 74), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)


def grey_bar(grey):
    grey[150:450, 740:760] = np.linspace(255, 0, 300).astype(np.uint8)[:, None]


def colour_bar(grey):
    grey[150:450, 30:54] = np.abs(np.linspace(-255, 255, 300)).astype(np.uint8)[:, None]


def ruler(grey):
    for row in range(130, 460, 30):
        grey[row : row + 2, 640:656] = 220


def body_mark(grey):
    cv2.ellipse(grey, (110, 520), (50, 40), 0, 0, 360, 200, 3)
    cv2.line(grey, (110, 520), (140, 500), 255, 4)


def frame(grey):
    cv2.rectangle(grey, (2, 2), (797, 597), 90, 2)


ADDITIONS = [text, logo, grey_bar, colour_bar, ruler, body_mark, frame]


def probability_of_bright(grey):
    return (grey > 170).astype(np.float32)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", ["rectangle", "sector"])
@pytest.mark.parametrize("additions", [*([each] for each in ADDITIONS), ADDITIONS], ids=lambda each: str(len(each)))
def test_what_lies_around_the_sector_is_no_lesion(additions, shape, seed):
    grey, inside = screen(seed, shape)
    for add in additions:
        add(grey)
    whole = Region(0, 0, *SCREEN, None, "")
    found = lesion_probability(grey.astype(np.float32), [whole], probability_of_bright) > 0
    rim = cv2.dilate(inside.astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    assert not (found & ~rim).any()
    bright = inside & (grey > 170)
    assert (found & bright).sum() > 0.95 * bright.sum()  # nor is tissue left out


@pytest.mark.parametrize("black", [1, 5, 10])
def test_black_need_not_be_0(black):
    grey, inside = screen(0, "sector", black)
    grey[0, 0] = 0
    field = field_of_view(grey.astype(np.float32))
    assert field[inside].mean() > 0.99
    assert field.sum() < 1.25 * inside.sum()


@pytest.mark.parametrize("kind", ["benign", "malignant", "normal"])
@pytest.mark.parametrize("seed", range(4))
def test_of_an_image_that_is_cropped_no_more_than_black_depth_is_lost(kind, seed):
    grey, masks = render_phantom(kind, (160, 192), np.random.default_rng(seed))
    field = field_of_view(grey.astype(np.float32))
    assert field.mean() > 0.85
    assert field[grey > 40].mean() > 0.99
    for mask in masks:
        assert field[mask].all()


def test_the_shadow_behind_a_lesion_belongs_to_the_field():
    grey, inside = screen(1, "rectangle")
    grey[250:460, 350:450] = 0  # to the lower rim
    assert field_of_view(grey.astype(np.float32))[250:460, 350:450].mean() > 0.9


@pytest.mark.parametrize("grey", [np.zeros((40, 50)), np.full((1, 1), 3.0), np.eye(1, 500), np.eye(500, 1)])
def test_where_nothing_is_found_all_is_looked_at(grey):
    assert field_of_view(grey.astype(np.float32)).all()


def test_the_network_sees_the_field_alone():
    grey, inside = screen(0, "rectangle")
    text(grey)
    seen = []

    def segment(part):
        seen.append(part)
        return np.ones(part.shape, np.float32)

    lesion_probability(grey.astype(np.float32), [Region(0, 0, *SCREEN, None, "")], segment)
    (part,) = seen
    assert part.shape == pytest.approx((330, 420), abs=12)


@pytest.mark.parametrize("scale", [1.0, 257.0, 1e-30, 1e30])
@pytest.mark.parametrize("offset", [0.0, -1.0])
def test_the_range_of_grey_levels_does_not_matter(scale, offset):
    grey, _ = screen(0, "sector")
    text(grey)
    values = grey.astype(np.float32)
    scaled = ((values / 255 + offset) * scale).astype(np.float32)
    assert (field_of_view(scaled) == field_of_view(values)).mean() > 0.999


def test_a_huge_image_gives_the_network_a_smaller_one_and_the_same_mask():
    """The mask of an image is that of its enlarged copy."""
    grey, _ = render_phantom("benign", (512, 640), np.random.default_rng(0))
    shapes = []

    def bright(part):
        shapes.append(part.shape)
        return np.clip(cv2.GaussianBlur(part, (0, 0), part.shape[1] / 64) / 255, 0, 1)

    grey = grey.astype(np.float32)
    huge = cv2.resize(grey, (5120, 4096), interpolation=cv2.INTER_LINEAR)
    small, large = (lesion_probability(each, [Region(0, 0, *each.shape)], bright) for each in (grey, huge))
    assert max(shapes[0]) <= 640 and max(shapes[1]) <= 2048
    assert large.shape == huge.shape
    reduced = cv2.resize(large, small.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.mean(np.abs(reduced - small) > 0.02) < 0.01
