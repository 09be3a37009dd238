# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Surface metrics: the distance between the contours of predicted and ground-truth lesion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from monai.metrics import compute_hausdorff_distance, compute_surface_dice

from .units import MILLIMETRES, PIXELS

NAMES = ("lesion_hd95", "lesion_nsd")
# Tolerance of the normalised surface Dice, about the difference between readers who outline the same lesion. 10 pixels
# are 0.4 to 1.4 mm on the images whose pixel size is known (those of BrEaST).
TOLERANCE = {MILLIMETRES: 1.0, PIXELS: 10.0}


def surface_metrics(
    prediction: torch.Tensor, label: torch.Tensor, spacing: Sequence[float] | None = None
) -> dict[str, Any]:
    """Compare the contours of a predicted and a ground-truth lesion with MONAI's metrics.

    Args:
        prediction: predicted mask, shape (W, H); non-zero pixels are lesion.
        label: ground-truth mask, like `prediction`.
        spacing: height and width of a pixel in millimetres; None or NaN if unknown.

    Returns:
        ``lesion_hd95``, the 95th percentile of the distances between the contours (the larger of both directions), NaN
        without a prediction; ``lesion_nsd``, the share of both contours that is within `TOLERANCE` of the other
        (Nikolov et al., 2018, https://arxiv.org/abs/1809.04430), 0 without a prediction; both NaN without a lesion; and
        ``surface_unit``, the unit of distance and tolerance.
    """
    known = spacing is not None and all(math.isfinite(size) and size > 0 for size in spacing)
    unit = MILLIMETRES if known else PIXELS
    either = torch.stack([prediction != 0, label != 0])
    if not either[1].any():
        return dict.fromkeys(NAMES, math.nan) | {"surface_unit": unit}
    if not either[0].any():
        return {"lesion_hd95": math.nan, "lesion_nsd": 0.0, "surface_unit": unit}
    # Crop to both lesions: the distances do not depend on the rest of the image.
    rows, columns = either.any(dim=0).nonzero(as_tuple=True)
    part = either[:, rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    predicted, true = (torch.nn.functional.pad(mask.float(), (1, 1, 1, 1))[None, None] for mask in part)
    sizes = [float(spacing[1]), float(spacing[0])] if known and spacing is not None else [1.0, 1.0]
    distance = compute_hausdorff_distance(predicted, true, include_background=True, percentile=95, spacing=sizes)
    share = compute_surface_dice(predicted, true, [TOLERANCE[unit]], include_background=True, spacing=sizes)
    return {"lesion_hd95": float(distance), "lesion_nsd": float(share), "surface_unit": unit}
