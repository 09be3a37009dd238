# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scripts.calibration.fit import MIN_SIZES, THRESHOLDS, fit_calibration, lesion_score, mean_dice
from scripts.errors import InputError
from scripts.postprocessing.calibration import Calibration
from scripts.postprocessing.lesions import find_lesions
from tests.calibration.observations import observation, square


def test_as_many_lesions_are_found_as_was_asked_for():
    seen = [np.where(square(6), 0.95 - 0.02 * i, 0.05) for i in range(10)]
    lesions = [observation(f"{i}", probability, square(8), group=i) for i, probability in enumerate(seen)]
    images = [*lesions, observation("normal", 0.05, False)]
    for sensitivity, found in ((1.0, 10), (0.9, 9), (0.5, 5)):
        calibration, _ = fit_calibration(images, sensitivity)
        masks = [find_lesions(calibration.correct(image.probability), calibration) for image in lesions]
        assert sum(mask.lesion_found for mask in masks) == found


def test_each_data_set_counts_equally():
    large = [observation(f"{i}", np.where(square(6), 0.9, 0.05), square(6), i, dataset="large") for i in range(20)]
    small = [observation(f"s{i}", np.where(square(6), 0.7, 0.05), square(8), i, dataset="small") for i in range(2)]
    calibration, _ = fit_calibration([*large, *small], 0.9)
    # One of the small set counts as a quarter of all lesions, so none may be missed, although these are 2 of 22.
    for image in small:
        assert find_lesions(calibration.correct(image.probability), calibration).lesion_found
    corrected = [image.corrected(Calibration()) for image in (*large, *small)]
    assert mean_dice(corrected, Calibration()) == pytest.approx((1 + 0.75) / 2)


def test_the_best_post_processing_is_taken_and_all_are_told(images):
    calibration, tried = fit_calibration(images, 1.0)
    assert len(tried) == len(THRESHOLDS) * len(MIN_SIZES) * 2
    best = max(row["lesion_dice"] for row in tried)
    lesions = [image.corrected(calibration) for image in images if image.has_lesion]
    assert mean_dice(lesions, replace(calibration, min_confidence=0.0)) == pytest.approx(best, abs=1e-4)


def test_specks_are_left_out_and_holes_filled_where_that_helps():
    random = np.random.default_rng(0)
    images = []
    for i in range(8):
        truth = square(6)
        probability = np.where(truth, 0.9, 0.01) + random.normal(0, 0.001, (20, 20))
        probability[9, 9] = 0.01  # a hole
        probability[1, 1] = 0.9  # a speck
        images.append(observation(f"{i}", probability, truth, group=i))
    calibration, tried = fit_calibration(images, 1.0)
    assert calibration.fill_holes
    assert calibration.min_size > 1 / 400
    assert max(row["lesion_dice"] for row in tried) == 1


def test_a_speck_too_small_for_a_lesion_does_not_count_as_found(caplog):
    images = []
    for i in range(20):
        seen = np.where(square(6), 0.6 + 0.02 * i, 0.02) if i < 18 else np.full((20, 20), 0.02)
        seen[1, 1] = 0.99  # where nothing is
        images.append(observation(f"{i}", seen, square(6), group=i))
    for sensitivity, found, told in ((0.8, 16, False), (0.9, 18, False), (0.95, 18, True)):
        caplog.clear()
        calibration, _ = fit_calibration(images, sensitivity)
        assert calibration.min_size > 1 / 400
        masks = [find_lesions(calibration.correct(image.probability), calibration) for image in images]
        assert sum(mask.lesion_found for mask in masks) == found
        assert ("cannot be reached: only 18 of 20 images with a lesion have a candidate" in caplog.text) == told


def test_of_equals_the_one_that_does_least_is_taken():
    images = [observation(f"{i}", np.where(square(6), 0.98, 0.02), square(6), group=i) for i in range(4)]
    calibration, _ = fit_calibration(images, 1.0)
    assert (calibration.min_size, calibration.fill_holes) == (0.0, False)


def test_the_score_is_that_of_the_best_candidate():
    two = np.where(square(1, 4), 0.7, np.where(square(12, 4), 0.9, 0.1))
    assert lesion_score(np.float32(two), Calibration()) == pytest.approx(0.9)
    assert lesion_score(np.full((20, 20), 0.3, np.float32), Calibration()) == pytest.approx(0.3)


def test_nothing_can_be_fitted_without_lesions():
    with pytest.raises(InputError, match="no validation image has a lesion"):
        fit_calibration([observation("a", 0.1, False)], 0.9)
