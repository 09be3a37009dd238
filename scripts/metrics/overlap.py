# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The metrics of one predicted mask: the paper's five overlap metrics and two surface metrics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from monai.metrics import compute_confusion_matrix_metric, get_confusion_matrix

from .surface import surface_metrics

# Metric names here and in MONAI's `compute_confusion_matrix_metric`.
MEASURES = {
    "dice": "f1 score",
    "iou": "threat score",
    "precision": "precision",
    "recall": "sensitivity",
    "accuracy": "accuracy",
}
AVERAGES = ("lesion", "mean")
NAMES = tuple(f"{average}_{name}" for average in AVERAGES for name in MEASURES)


def image_metrics(
    prediction: torch.Tensor, label: torch.Tensor, spacing: Sequence[float] | None = None
) -> dict[str, Any]:
    """Compare one predicted mask with the ground truth.

    Args:
        prediction: one-hot over background and lesion, shape (2, W, H).
        label: one-hot as `prediction`.
        spacing: height and width of a pixel in millimetres, None or NaN if unknown.

    Returns:
        ``lesion_<metric>`` for the lesion class and ``mean_<metric>``, the mean over background and lesion (over the
        lesion alone, where neither mask has background), both from 0 to 1, NaN if the image has no lesion; the values
        of `surface_metrics`; and ``truth_pixels`` and ``predicted_pixels``, the numbers of lesion pixels. A ratio with
        a denominator of 0 in an image with a lesion, such as the precision of an empty prediction, is 0.
    """
    counts = get_confusion_matrix(prediction[None], label[None], include_background=True)[0].double()
    present = (prediction + label).flatten(1).any(1)
    truth, predicted = float(label[1].sum()), float(prediction[1].sum())
    values: dict[str, float] = {}
    for name, monai_name in MEASURES.items():
        classes = torch.nan_to_num(compute_confusion_matrix_metric(monai_name, counts), nan=0.0)
        values[f"lesion_{name}"] = float(classes[1]) if truth else math.nan
        values[f"mean_{name}"] = float(classes[present].mean()) if truth else math.nan
    surface = surface_metrics(prediction[1], label[1], spacing)
    return {**values, **surface, "truth_pixels": truth, "predicted_pixels": predicted}
