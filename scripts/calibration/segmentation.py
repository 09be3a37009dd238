# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lesion Dice by class and by size of the lesion, and what each step of post-processing changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..metrics.bootstrap import bootstrap_interval

# Largest lesions of each size, as a share of the image.
SIZES = {"small, below 2 %": 0.02, "medium, 2 to 10 %": 0.10, "large, from 10 %": math.inf}


def assess_parts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the lesion Dice, with its interval, by class and by size of the lesion."""
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
            "images": len(own),
            "lesion_dice": float(np.mean([row["lesion_dice"] for row in own])),
            "ci95": list(bootstrap_interval([row["lesion_dice"] for row in own], [row["group"] for row in own])),
            "missed": sum(not row["lesion_found"] for row in own),
        }
        for name, own in parts.items()
        if own
    }


def assess_effect(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return by how much the mean lesion Dice changes with each step, with intervals of the differences.

    Returns:
        ``post_processing``: threshold, least size and holes, beside the plain threshold of 0.5 of the network's own
        probabilities; and ``decision``: the least confidence, after that.
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
