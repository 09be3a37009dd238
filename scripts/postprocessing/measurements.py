# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Measure lesions in a mask: area, longest diameter and perpendicular diameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..metrics.units import MILLIMETRES, PIXELS


@dataclass(frozen=True)
class Measurements:
    """Measurements of one mask. Lengths are in `unit`, areas in squared `unit`, positions in pixels.

    Attributes:
        components: number of connected components (8-connectivity).
        area: area of all lesions.
        longest_diameter: largest distance between two points of the largest lesion, 0 without a lesion.
        perpendicular_diameter: extent of that lesion perpendicular to its longest diameter.
        bounding_box: (first row, first column, last row, last column) of all lesions, None without a lesion.
        unit: ``"mm"`` if the spacing is known, else ``"pixel"``.
    """

    components: int
    area: float
    longest_diameter: float
    perpendicular_diameter: float
    bounding_box: tuple[int, int, int, int] | None
    unit: str


def measure(mask: np.ndarray, spacing: Sequence[float] | None = None) -> Measurements:
    """Measure the lesions of a mask.

    The contour passes through the midpoints of the pixels' outer edges: a single pixel of 0.1 mm has a diameter of
    0.1 mm. Diameters are accurate to about a pixel.

    Args:
        mask: mask of shape (rows, columns), lesion where not 0.
        spacing: height and width of a pixel in millimetres, both positive; None if unknown.

    Raises:
        ValueError: the mask is not two-dimensional, or the spacing is not two positive numbers.
    """
    if mask.ndim != 2:
        raise ValueError(f"mask must have shape (rows, columns), got {mask.shape}.")
    if spacing is not None and (len(spacing) != 2 or not all(np.isfinite(s) and s > 0 for s in spacing)):
        raise ValueError(f"spacing must be the height and width of a pixel, both positive, got {spacing}.")
    unit = PIXELS if spacing is None else MILLIMETRES
    height, width = (1.0, 1.0) if spacing is None else spacing
    lesion = (mask != 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lesion, connectivity=8)
    if count == 1:  # only background
        return Measurements(0, 0.0, 0.0, 0.0, None, unit)
    areas = stats[1:, cv2.CC_STAT_AREA]
    rows, columns = np.nonzero(lesion)
    longest, perpendicular = _diameters(labels == 1 + int(areas.argmax()), height, width)
    return Measurements(
        components=count - 1,
        area=float(areas.sum() * height * width),
        longest_diameter=longest,
        perpendicular_diameter=perpendicular,
        bounding_box=(int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max())),
        unit=unit,
    )


def _diameters(lesion: np.ndarray, height: float, width: float) -> tuple[float, float]:
    """Return the longest diameter of a region and the extent perpendicular to it."""
    rows, columns = np.nonzero(lesion)
    # In half pixels, because OpenCV's hull is exact for integers; scaling the axes keeps it a hull.
    midpoints = [np.stack([2 * columns + x, 2 * rows + y], axis=1) for x, y in ((1, 0), (1, 2), (0, 1), (2, 1))]
    hull = cv2.convexHull(np.concatenate(midpoints).astype(np.int32))[:, 0] * np.array([width / 2, height / 2])
    differences = hull[:, None] - hull[None]
    distances = np.hypot(differences[..., 0], differences[..., 1])
    first, second = np.unravel_index(distances.argmax(), distances.shape)
    longest = distances[first, second]
    direction = differences[first, second] / longest
    perpendicular = hull @ np.array([-direction[1], direction[0]])
    return float(longest), float(np.ptp(perpendicular))
