# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from scripts.calibration.observations import Observation
from scripts.calibration.reliability import fit_scaling, reliability
from scripts.postprocessing.calibration import Calibration, check_values
from tests.calibration.observations import observation


def drawn(temperature, bias, count=12):
    """Images whose truth is drawn by probabilities that the network tells with another scaling."""
    random = np.random.default_rng(1)
    images = []
    for i in range(count):
        logit = random.normal(0, 2, (20, 20))
        truth = random.random((20, 20)) < 1 / (1 + np.exp(-logit))
        told = 1 / (1 + np.exp(-(logit - bias) * temperature))
        images.append(observation(f"{i}", told, truth, group=i))
    return images


@pytest.mark.parametrize("temperature, bias", [(1.0, 0.0), (2.0, 0.0), (0.5, 0.0), (1.5, -1.0)])
def test_the_scaling_that_made_the_probabilities_wrong_is_found(temperature, bias):
    fitted = fit_scaling(drawn(temperature, bias))
    assert fitted.temperature == pytest.approx(temperature, rel=0.15)
    assert fitted.bias == pytest.approx(bias, abs=0.15)


@pytest.mark.parametrize("told", [(0.2, 0.8), (0.495, 0.505), (0.505, 0.495)])
def test_probabilities_that_tell_nothing_or_everything_have_a_scaling_that_can_be_used(told):
    """Nothing: any probability for any pixel. Everything: one for lesions, another for the rest; or reversed."""
    random = np.random.default_rng(0)
    images = []
    for i in range(4):
        truth = random.random((20, 20)) < 0.5
        probability = random.uniform(*told, (20, 20)) if told == (0.2, 0.8) else np.where(truth, told[1], told[0])
        images.append(observation(f"{i}", probability, truth, group=i))
    check_values(fit_scaling(images), "the fit")


@pytest.mark.filterwarnings("error")
def test_probabilities_near_0_and_1_are_corrected_without_a_warning():
    assert Calibration(temperature=0.9, bias=-0.8).correct(np.float32([1e-38, 1 - 1e-7])) == pytest.approx([0, 1])


def test_a_correction_by_hand():
    # The logit of 0.8 is ln 4; halved it is ln 2, whose probability is 2/3.
    corrected = Calibration(temperature=2.0).correct(np.float32([0.0, 0.5, 0.8, 1.0]))
    assert corrected == pytest.approx([0.0, 0.5, 2 / 3, 1.0])
    # And ln 4 - ln 4 is that of a half.
    assert Calibration(bias=-np.log(4)).correct(np.float32([0.8])) == pytest.approx([0.5])


def test_calibration_errors_by_hand():
    half = np.zeros((20, 20), dtype=bool)
    half[:10] = True
    # Of pixels that are told 0.9 one half is lesion: 0.4 off. The squared error is (0.1² + 0.9²) / 2.
    figures = reliability([observation("a", 0.9, half, group=0), observation("b", 0.9, half, group=1)])
    assert figures["ece"]["value"] == pytest.approx(0.4, abs=1e-6)
    assert figures["brier"]["value"] == pytest.approx(0.41, abs=1e-6)
    assert figures["log_loss"]["value"] == pytest.approx(-(np.log(0.9) + np.log(0.1)) / 2, abs=1e-5)
    (used,) = figures["bins"]
    assert (used["share"], used["true"]) == (1.0, 0.5)
    assert figures["ece"]["ci95"] == pytest.approx([0.4, 0.4])


def test_a_fit_makes_the_log_loss_smaller_on_other_images_too():
    images = drawn(2.0, -1.0, count=24)
    fitted = fit_scaling(images[:12])
    before, after = (reliability(own) for own in (images[12:], [image.corrected(fitted) for image in images[12:]]))
    assert after["log_loss"]["value"] < before["log_loss"]["value"]
    assert after["ece"]["value"] < before["ece"]["value"] / 2


def test_certain_and_wrong_is_bad_but_finite():
    figures = reliability([observation("a", 1.0, False)])
    assert np.isfinite(figures["log_loss"]["value"])
    assert figures["ece"]["value"] == 1.0
    assert isinstance(observation("a", 1.0, False), Observation)
