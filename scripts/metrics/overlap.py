# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's five measures of a segmentation, and two of its outline, for one image and for many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from monai.metrics import compute_confusion_matrix_metric, get_confusion_matrix

from .surface import surface_metrics

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
