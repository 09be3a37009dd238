# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Summary statistics of the metrics over the images of an evaluation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .bootstrap import bootstrap_interval
from .overlap import AVERAGES, MEASURES
from .surface import NAMES as SURFACE_NAMES
from .surface import TOLERANCE


def summarise(rows: Sequence[Mapping[str, Any]], seed: int = 0) -> dict[str, Any]:
    """Summarise the images of an evaluation.

    Args:
        rows: values of `image_metrics` for each image, with its ``class`` and ``group``.
        seed: random seed of the bootstrap.

    Returns:
        ``images`` and ``lesion_images`` (their numbers); for every metric and average the ``mean``, standard
        deviation ``std``, ``median``, quartiles ``q1`` and ``q3`` over the images with a lesion, and ``ci95``, the
        bootstrap 95 % interval of the mean, resampled by group because near-identical images are not independent;
        the means by class in ``classes``; the surface metrics in ``surface``, by unit, with the ``tolerance`` and the
        number of ``missed`` lesions, which have no distance; and, if there are images without a lesion,
        ``false_positive_rate``: the share of these in which any pixel is predicted as lesion.
    """
    lesions = [row for row in rows if row["truth_pixels"] > 0]
    normals = [row for row in rows if row["truth_pixels"] == 0]
    groups = [row["group"] for row in lesions]
    summary: dict[str, Any] = {"images": len(rows), "lesion_images": len(lesions)}
    for average in AVERAGES:
        for name in MEASURES:
            key = f"{average}_{name}"
            summary[key] = _spread([row[key] for row in lesions], groups, seed) if lesions else None
    if lesions and "lesion_nsd" in lesions[0]:
        summary["surface"] = _surface(lesions, seed)
    if normals:
        summary["false_positive_rate"] = sum(row["predicted_pixels"] > 0 for row in normals) / len(normals)
    summary["classes"] = {
        label_class: {
            "images": len(own),
            **{
                f"{average}_{name}": float(np.mean([row[f"{average}_{name}"] for row in own]))
                for average in AVERAGES
                for name in MEASURES
            },
        }
        for label_class in sorted({row["class"] for row in lesions})
        if (own := [row for row in lesions if row["class"] == label_class])
    }
    return summary


def _surface(lesions: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for unit in sorted({row["surface_unit"] for row in lesions}):
        own = [row for row in lesions if row["surface_unit"] == unit]
        summary[unit] = {"tolerance": TOLERANCE[unit], "missed": sum(math.isnan(row["lesion_hd95"]) for row in own)}
        for name in SURFACE_NAMES:
            known = [row for row in own if not math.isnan(row[name])]
            groups = [row["group"] for row in known]
            summary[unit][name] = _spread([row[name] for row in known], groups, seed) if known else None
    return summary


def _spread(values: Sequence[float], groups: Sequence[Any], seed: int) -> dict[str, Any]:
    scores = np.asarray(values, dtype=float)
    q1, median, q3 = np.percentile(scores, [25, 50, 75])
    spread = {"mean": scores.mean(), "std": scores.std(), "median": median, "q1": q1, "q3": q3}
    interval = bootstrap_interval(values, groups, seed)
    return {**{name: float(value) for name, value in spread.items()}, "ci95": list(interval)}
