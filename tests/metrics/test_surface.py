# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest
import torch

from scripts.metrics.overlap import MEASURES
from scripts.metrics.summary import summarise
from scripts.metrics.surface import surface_metrics


def box(left, top, right, bottom, size=(60, 80)):
    """A rectangle in an image of shape (W, H)."""
    mask = torch.zeros(size)
    mask[left:right, top:bottom] = 1
    return mask


def test_equal_outlines():
    values = surface_metrics(box(5, 5, 30, 40), box(5, 5, 30, 40))
    assert values == {"lesion_hd95": 0.0, "lesion_nsd": 1.0, "surface_unit": "pixel"}


def test_a_shift_of_a_line_by_hand():
    # Two lines of 20 pixels, 12 apart: farther than 10 pixels at every point.
    values = surface_metrics(box(5, 5, 6, 25), box(17, 5, 18, 25))
    assert values["lesion_hd95"] == pytest.approx(12)
    assert values["lesion_nsd"] == 0
    assert surface_metrics(box(5, 5, 6, 25), box(14, 5, 15, 25))["lesion_nsd"] == 1


def test_millimetres_across_and_down_the_image():
    spacing = (0.5, 0.1)  # height, width of a pixel
    across = surface_metrics(box(5, 5, 6, 25), box(17, 5, 18, 25), spacing)
    assert across["lesion_hd95"] == pytest.approx(1.2)
    assert (across["lesion_nsd"], across["surface_unit"]) == (0, "mm")
    down = surface_metrics(box(5, 5, 25, 6), box(5, 7, 25, 8), spacing)
    assert down["lesion_hd95"] == pytest.approx(1.0)
    assert down["lesion_nsd"] == 1


def test_a_far_spot_is_no_maximum_but_counts():
    spotted = box(5, 5, 45, 45)
    spotted[55, 70] = 1
    values = surface_metrics(spotted, box(5, 5, 45, 45))
    assert values["lesion_hd95"] == 0
    assert 0.98 < values["lesion_nsd"] < 1


def test_lesions_at_the_rim_of_the_image():
    whole = torch.ones(30, 30)
    assert surface_metrics(whole, whole)["lesion_nsd"] == 1


@pytest.mark.parametrize("spacing", [None, (math.nan, math.nan), (0.0, 0.1)])
def test_a_missed_lesion_and_none(spacing):
    missed = surface_metrics(box(0, 0, 0, 0), box(5, 5, 30, 40), spacing)
    assert math.isnan(missed["lesion_hd95"])
    assert (missed["lesion_nsd"], missed["surface_unit"]) == (0.0, "pixel")
    none = surface_metrics(box(5, 5, 30, 40), box(0, 0, 0, 0), spacing)
    assert math.isnan(none["lesion_hd95"]) and math.isnan(none["lesion_nsd"])


def test_the_summary_counts_missed_lesions_apart():
    masks = [(box(5, 5, 30, 40), None), (box(0, 0, 0, 0), None), (box(5, 5, 6, 25), (0.1, 0.1))]
    rows = [
        {
            "class": "benign",
            "group": i,
            "truth_pixels": 1,
            "predicted_pixels": 1,
            **{f"{average}_{name}": 0.5 for average in ("lesion", "mean") for name in MEASURES},
            **surface_metrics(mask, box(5, 5, 30, 40), spacing),
        }
        for i, (mask, spacing) in enumerate(masks)
    ]
    surface = summarise(rows)["surface"]
    assert (surface["pixel"]["missed"], surface["pixel"]["lesion_hd95"]["mean"]) == (1, 0)
    assert surface["pixel"]["lesion_nsd"]["mean"] == 0.5
    assert (surface["mm"]["missed"], surface["mm"]["tolerance"]) == (0, 1.0)
