# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which probabilities make a lesion, and how sure it is."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.errors import InputError
from scripts.postprocessing.calibration import Calibration
from scripts.postprocessing.lesions import find_lesions


def probabilities(*boxes, shape=(40, 50), background=0.1):
    """`background` but for boxes (top, left, bottom, right, probability)."""
    probability = np.full(shape, background, np.float32)
    for top, left, bottom, right, value in boxes:
        probability[top:bottom, left:right] = value
    return probability


def test_from_the_threshold_on_it_is_lesion():
    probability = probabilities((5, 5, 15, 15, 0.5), (20, 20, 30, 30, 0.4999))
    found = find_lesions(probability, Calibration())
    assert (found.mask == (probability >= 0.5)).all()
    assert found.lesion_found and found.lesion_confidence == found.confidence == pytest.approx(0.5)
    assert find_lesions(probability, Calibration(threshold=0.4)).mask.sum() == 200
    assert find_lesions(probability, Calibration(threshold=0.51)).mask.sum() == 0


def test_confidence_is_the_mean_over_the_lesions_and_the_least_that_of_one():
    found = find_lesions(probabilities((0, 0, 10, 10, 0.9), (20, 20, 30, 50, 0.7)), Calibration())
    assert found.lesion_confidence == pytest.approx((100 * 0.9 + 300 * 0.7) / 400)
    assert found.minimum_confidence == pytest.approx(0.7)


def test_without_a_lesion_confidence_is_that_there_is_none():
    found = find_lesions(probabilities((0, 0, 10, 10, 0.3)), Calibration())
    assert not found.lesion_found
    assert found.lesion_confidence == pytest.approx(0.3)
    assert found.confidence == pytest.approx(0.7)


def test_what_is_too_small_is_none():
    probability = probabilities((0, 0, 10, 10, 0.9), (20, 20, 22, 22, 0.99))  # 100 and 4 of 2000 pixels
    found = find_lesions(probability, Calibration(min_size=0.01))
    assert found.mask.sum() == 100
    assert find_lesions(probability, Calibration(min_size=0.05)).mask.sum() == 100  # of just that size
    found = find_lesions(probability, Calibration(min_size=0.051))
    assert not found.lesion_found
    assert found.lesion_confidence == pytest.approx(0.1)  # below every candidate, however probable the specks are


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_output_that_is_not_finite_is_no_answer(value):
    with pytest.raises(InputError, match="the network's output is not finite"):
        find_lesions(probabilities((0, 0, 1, 1, value)), Calibration())


def test_what_is_too_uncertain_is_none():
    probability = probabilities((0, 0, 10, 10, 0.9), (20, 20, 30, 30, 0.6))
    found = find_lesions(probability, Calibration(min_confidence=0.7))
    assert (found.mask == (probability > 0.8)).all()
    assert found.minimum_confidence == pytest.approx(0.9)
    found = find_lesions(probability, Calibration(min_confidence=0.95))
    assert not found.lesion_found
    assert found.lesion_confidence == pytest.approx(0.9)  # of the most probable candidate


def test_pixels_that_touch_by_a_corner_are_one_candidate():
    probability = probabilities((0, 0, 5, 5, 0.9), (5, 5, 10, 10, 0.6))
    assert find_lesions(probability, Calibration(min_confidence=0.7)).mask.sum() == 50


@pytest.mark.parametrize("fill", [False, True])
def test_holes_are_filled_where_asked(fill):
    probability = probabilities((5, 5, 25, 25, 0.9), (10, 10, 15, 15, 0.2), (12, 12, 13, 13, 0.95))
    found = find_lesions(probability, Calibration(fill_holes=fill))
    assert found.mask.sum() == (400 if fill else 376)
    assert found.mask[11, 11] == fill
    if fill:
        assert found.lesion_confidence == pytest.approx((376 * 0.9 + 0.05 + 24 * 0.2) / 400, abs=1e-4)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_certainty_itself(value):
    found = find_lesions(np.full((7, 9), value, np.float32), Calibration())
    assert found.mask.all() == (value == 1)
    assert found.confidence == 1
