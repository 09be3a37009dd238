# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's five measures of a segmentation, and two of its outline, for one image and for many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from monai.metrics import compute_confusion_matrix_metric, get_confusion_matrix

from scripts.surface import NAMES as SURFACE_NAMES
from scripts.surface import TOLERANCE, surface_metrics

# Our name: MONAI's name of the same ratio of true and false positives and negatives.
MEASURES = {
    "dice": "f1 score",
    "iou": "threat score",
    "precision": "precision",
    "recall": "sensitivity",
    "accuracy": "accuracy",
}
AVERAGES = ("lesion", "mean")
NAMES = tuple(f"{average}_{name}" for average in AVERAGES for name in MEASURES)
BOOTSTRAP = 2000


def image_metrics(
    prediction: torch.Tensor, label: torch.Tensor, spacing: Sequence[float] | None = None
) -> dict[str, Any]:
    """Compare one predicted mask with the truth.

    Args:
        prediction: one-hot over background and lesion, shape (2, W, H).
        label: one-hot as `prediction`.
        spacing: height and width of a pixel in millimetres, None or NaN where it is not known.

    Returns:
        ``lesion_<measure>``, of the lesion alone, and ``mean_<measure>``, the mean over background and lesion, each
        in 0 to 1, NaN where the image has no lesion; what `surface_metrics` returns; and ``truth_pixels`` and
        ``predicted_pixels`` of the lesion. A ratio whose denominator is empty although there is a lesion, the
        precision of an empty prediction, is 0.
    """
    counts = get_confusion_matrix(prediction[None], label[None], include_background=True)[0].double()
    truth, predicted = float(label[1].sum()), float(prediction[1].sum())
    values: dict[str, float] = {}
    for name, monai_name in MEASURES.items():
        classes = torch.nan_to_num(compute_confusion_matrix_metric(monai_name, counts), nan=0.0)
        values[f"lesion_{name}"] = float(classes[1]) if truth else math.nan
        values[f"mean_{name}"] = float(classes.mean()) if truth else math.nan
    outline = surface_metrics(prediction[1], label[1], spacing)
    return {**values, **outline, "truth_pixels": truth, "predicted_pixels": predicted}


def summarise(rows: Sequence[Mapping[str, Any]], seed: int = 0) -> dict[str, Any]:
    """Summarise the images of an evaluation.

    Args:
        rows: `image_metrics` of each image, with its ``class`` and ``group``.
        seed: of the bootstrap.

    Returns:
        ``images`` and ``lesion_images`` (their numbers); for every measure and average the ``mean``, standard
        deviation ``std``, ``median``, quartiles ``q1`` and ``q3`` over the images with a lesion, and ``ci95``, the
        bootstrap 95 % interval of the mean, drawn by group since near-identical images are no independent
        evidence; the same by class in ``classes``, as means; the measures of outlines in ``surface``, by unit, with
        the ``tolerance`` and the number of lesions that were ``missed``, which have no distance; and, where there are
        images without a lesion, ``false_positive_rate``: the share of these in which any pixel is called lesion.
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


def bootstrap_interval(values: Sequence[float], groups: Sequence[Any], seed: int = 0) -> tuple[float, float]:
    """Return the bootstrap 95 % interval of a mean over images, drawn by group.

    Whole groups are drawn with replacement, since near-identical images are no independent evidence (the cluster
    bootstrap; Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).

    Args:
        values: one for each image, at least one.
        groups: the group of each image.
        seed: of the draws.
    """
    sums, sizes = group_sums(values, groups)
    draws = np.random.default_rng(seed).integers(0, len(sums), (BOOTSTRAP, len(sums)))
    low, high = np.percentile(sums[draws].sum(axis=1) / sizes[draws].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def group_sums(values: Sequence[float], groups: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of the values of each group and the number of its images, in the order of the groups' names."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    return np.bincount(group, weights=np.asarray(values, dtype=float)), np.bincount(group)


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
