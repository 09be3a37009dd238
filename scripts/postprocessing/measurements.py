# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a sonographer would measure on a mask: area, longest diameter and the one across it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..metrics.units import MILLIMETRES, PIXELS


@dataclass(frozen=True)
class Measurements:
    """Of one mask. Lengths are in `unit`, areas in its square; positions are in pixels.

    Attributes:
        components: connected lesions, pixels that touch by a corner being connected.
        area: of all lesions together.
        longest_diameter: between the two points of the largest lesion that are farthest from each other; 0 without one.
        perpendicular_diameter: extent of that lesion across its longest diameter.
        bounding_box: first row, first column, last row, last column of all lesions, None without one.
        unit: ``"mm"`` where the spacing is known, else ``"pixel"``.
    """

    components: int
    area: float
    longest_diameter: float
    perpendicular_diameter: float
    bounding_box: tuple[int, int, int, int] | None
    unit: str


def measure(mask: np.ndarray, spacing: Sequence[float] | None = None) -> Measurements:
    """Measure the lesions of a mask.

    The outline runs through the middles of the pixels' outer edges: a single pixel of 0.1 mm measures 0.1 mm. It is
    known to a pixel at best, and so are the diameters.

    Args:
        mask: shape (rows, columns); what is not 0 is lesion.
        spacing: height and width of a pixel in millimetres, both positive; None where it is not known.

    Raises:
        ValueError: a mask that is not two-dimensional, or a spacing that is not two positive numbers.
    """
    if mask.ndim != 2:
        raise ValueError(f"mask must have shape (rows, columns), got {mask.shape}.")
    if spacing is not None and (len(spacing) != 2 or not all(np.isfinite(s) and s > 0 for s in spacing)):
        raise ValueError(f"spacing must be the height and width of a pixel, both positive, got {spacing}.")
    unit = PIXELS if spacing is None else MILLIMETRES
    height, width = (1.0, 1.0) if spacing is None else spacing
    lesion = (mask != 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lesion, connectivity=8)
    if count == 1:  # the background alone
        return Measurements(0, 0.0, 0.0, 0.0, None, unit)
    areas = stats[1:, cv2.CC_STAT_AREA]
    rows, columns = np.nonzero(lesion)
    longest, across = _diameters(labels == 1 + int(areas.argmax()), height, width)
    return Measurements(
        components=count - 1,
        area=float(areas.sum() * height * width),
        longest_diameter=longest,
        perpendicular_diameter=across,
        bounding_box=(int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max())),
        unit=unit,
    )


def _diameters(lesion: np.ndarray, height: float, width: float) -> tuple[float, float]:
    """Return the longest diameter of a region and its extent across that."""
    rows, columns = np.nonzero(lesion)
    # Whole numbers, in halves of a pixel, for which OpenCV's hull is exact; scaling the axes keeps it a hull.
    middles = [np.stack([2 * columns + x, 2 * rows + y], axis=1) for x, y in ((1, 0), (1, 2), (0, 1), (2, 1))]
    hull = cv2.convexHull(np.concatenate(middles).astype(np.int32))[:, 0] * np.array([width / 2, height / 2])
    differences = hull[:, None] - hull[None]
    distances = np.hypot(differences[..., 0], differences[..., 1])
    first, second = np.unravel_index(distances.argmax(), distances.shape)
    longest = distances[first, second]
    direction = differences[first, second] / longest
    across = hull @ np.array([-direction[1], direction[0]])
    return float(longest), float(np.ptp(across))
