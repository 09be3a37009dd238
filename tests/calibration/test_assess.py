# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest

from scripts.calibration.decision import assess_decision
from scripts.calibration.image_scores import assess_image
from scripts.calibration.segmentation import assess_effect, assess_parts
from scripts.calibration.summary_tables import _uncertainty
from scripts.calibration.uncertainty import assess_uncertainty
from scripts.postprocessing.calibration import Calibration
from tests.calibration.observations import observation, square


@pytest.fixture
def rows(images):
    return [assess_image(image, Calibration(min_confidence=0.7)) for image in images]


def test_one_image_by_hand():
    # 64 pixels are seen, 64 are lesion, 32 are both.
    seen, truth = square(2), square(6)
    row = assess_image(observation("a", np.where(seen, 0.8, 0.0), truth), Calibration())
    assert row["lesion_dice"] == row["plain_dice"] == row["candidates_dice"] == pytest.approx(0.5)
    for measure in ("confidence", "mean_probability", "lesion_score"):
        assert row[measure] == pytest.approx(0.8)
    assert row["soft_dice"] == pytest.approx(2 * 0.8 * 64 / (64 + 0.8 * 64))
    assert row["lesion_share"] == 64 / 400
    rejected = assess_image(observation("a", np.where(seen, 0.8, 0.0), truth), Calibration(min_confidence=0.9))
    assert (rejected["lesion_found"], rejected["lesion_dice"], rejected["candidates_dice"]) == (False, 0, 0.5)
    assert rejected["confidence"] == pytest.approx(0.2)


def test_confidence_that_follows_the_dice(rows):
    uncertainty = assess_uncertainty(rows)
    inside = uncertainty["measures"]["mean probability inside the mask"]
    assert inside["rank_correlation"]["value"] > 0.98  # two have a Dice of 0, and are not equally sure
    assert inside["failure_auc"]["value"] == 1
    coverage = [row["lesion_dice"] for row in uncertainty["coverage"]]
    assert coverage == sorted(coverage)
    assert uncertainty["images"] == 10


@pytest.mark.filterwarnings("error::RuntimeWarning", "error:An input array is constant")
def test_what_cannot_be_told_is_a_dash(images):
    """Without a failed mask there is nothing that a confidence could tell, and one that never differs tells nothing."""
    good = [assess_image(image, Calibration()) for image in images[:4]]
    equal = [{**row, "flip_agreement": 1.0, "group": i} for i, row in enumerate(good)]
    uncertainty = assess_uncertainty(equal)
    assert uncertainty["failures"] == 0
    assert math.isnan(uncertainty["measures"]["agreement with the mirrored image"]["rank_correlation"]["value"])
    table = _uncertainty(uncertainty)
    assert "nan" not in table and "| – | – |" in table


def test_lesion_or_none_by_hand(rows):
    decision = assess_decision(rows, Calibration(min_confidence=0.7))
    # Lesions score 0.95 - 0.04 i, normals below the threshold, or up to 0.66.
    assert decision["specificity"]["value"] == 1
    assert decision["sensitivity"]["value"] == pytest.approx(0.7)
    pairs = [
        (lesion["lesion_score"], normal["lesion_score"])
        for lesion in rows
        for normal in rows
        if lesion["truth_pixels"] and not normal["truth_pixels"]
    ]
    wins = np.mean([(first > second) + 0.5 * (first == second) for first, second in pairs])
    assert decision["auc"]["value"] == pytest.approx(wins)
    ends = decision["curve"][0], decision["curve"][-1]
    assert (ends[0]["sensitivity"], ends[0]["specificity"]) == (1, 0)
    assert assess_decision([row for row in rows if row["truth_pixels"]], Calibration()) == {}


def test_steps_of_the_calibration(rows):
    effect = assess_effect(rows)
    lesions = [row for row in rows if row["truth_pixels"]]
    changed = np.mean([row["lesion_dice"] - row["candidates_dice"] for row in lesions])
    assert effect["decision"]["value"] == pytest.approx(changed) and changed < 0
    assert effect["post_processing"]["value"] == 0


def test_classes_and_sizes_cover_all_lesions(rows):
    parts = assess_parts(rows)
    assert parts["benign"]["images"] == 10
    assert sum(part["images"] for name, part in parts.items() if name != "benign") == 10
    assert parts["benign"]["missed"] == 3
