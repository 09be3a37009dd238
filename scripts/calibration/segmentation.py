# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lesion Dice by class and by lesion size, and the effect of each post-processing step on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..metrics.bootstrap import bootstrap_interval

# Upper limit of the lesion area in each group, as a share of the image.
SIZES = {"small, below 2 %": 0.02, "medium, 2 to 10 %": 0.10, "large, from 10 %": math.inf}


def assess_parts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the lesion Dice, with its interval, by class and by lesion size."""
    lesions = [row for row in rows if row["truth_pixels"] > 0]
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for row in lesions:
        parts.setdefault(row["class"], []).append(row)
    least = 0.0
    for size, most in SIZES.items():
        parts[size] = [row for row in lesions if least <= row["lesion_share"] < most]
        least = most
    return {
        name: {
            "images": len(part),
            "lesion_dice": float(np.mean([row["lesion_dice"] for row in part])),
            "ci95": list(bootstrap_interval([row["lesion_dice"] for row in part], [row["group"] for row in part])),
            "missed": sum(not row["lesion_found"] for row in part),
        }
        for name, part in parts.items()
        if part
    }


def assess_effect(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the change of the mean lesion Dice by each post-processing step, with intervals.

    Returns:
        ``post_processing``: threshold, minimum size and hole filling of calibrated probabilities, against a threshold
        of 0.5 on uncalibrated ones; ``decision``: the minimum confidence, against the masks before it.
    """
    lesions = [row for row in rows if row["truth_pixels"] > 0]
    groups = [row["group"] for row in lesions]
    result = {}
    for step, before, after in (
        ("post_processing", "plain_dice", "candidates_dice"),
        ("decision", "candidates_dice", "lesion_dice"),
    ):
        differences = [row[after] - row[before] for row in lesions]
        result[step] = {"value": float(np.mean(differences)), "ci95": list(bootstrap_interval(differences, groups))}
    return result
