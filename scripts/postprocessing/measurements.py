# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Measure lesions in a mask: area, longest diameter and perpendicular diameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..images.components import connected_components
from ..metrics.units import MILLIMETRES, PIXELS

Point = tuple[
    float, float
]  # (x, y) in pixels from the left edge of the first column and the upper edge of the first row
Line = tuple[Point, Point]


@dataclass(frozen=True)
class Measurements:
    """Measurements of one mask. Lengths are in `unit`, areas in squared `unit`, positions in pixels.

    Attributes:
        components: number of connected components (8-connectivity).
        area: area of all lesions.
        longest_diameter: largest distance between two points of the largest lesion, 0 without a lesion.
        perpendicular_diameter: longest line from border to border, perpendicular to the longest diameter.
        bounding_box: (first row, first column, last row, last column) of all lesions, None without a lesion.
        unit: ``"mm"`` if the spacing is known, else ``"pixel"``.
        calipers: end points of the longest and of the perpendicular diameter, None without a lesion.
    """

    components: int
    area: float
    longest_diameter: float
    perpendicular_diameter: float
    bounding_box: tuple[int, int, int, int] | None
    unit: str
    calipers: tuple[Line, Line] | None = None


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
    left, top, columns, rows = cv2.boundingRect(lesion)
    if columns == 0:
        return Measurements(0, 0.0, 0.0, 0.0, None, unit)
    part = lesion[top : top + rows, left : left + columns]
    labels, stats = connected_components(part)
    areas = stats[1:, cv2.CC_STAT_AREA]
    largest = 1 + int(areas.argmax())
    x, y, box_width, box_height = stats[largest, :4]
    box = labels[y : y + box_height, x : x + box_width]
    longest, perpendicular, ends = _diameters(box == largest, height, width)
    a, b, c, d = [(float(point[0] + left + x), float(point[1] + top + y)) for point in ends]
    return Measurements(
        components=len(areas),
        area=float(areas.sum() * height * width),
        longest_diameter=longest,
        perpendicular_diameter=perpendicular,
        bounding_box=(top, left, top + rows - 1, left + columns - 1),
        unit=unit,
        calipers=((a, b), (c, d)),
    )


def _diameters(lesion: np.ndarray, height: float, width: float) -> tuple[float, float, np.ndarray]:
    """Return the longest diameter of a region, the one perpendicular to it, and their four end points in pixels."""
    contours, _ = cv2.findContours(lesion.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    border = contours[0][:, 0]
    # In half pixels, because OpenCV's hull is exact for integers; scaling the axes keeps it a hull.
    midpoints = [2 * border + middle for middle in ((1, 0), (1, 2), (0, 1), (2, 1))]
    pixel = np.array([width, height])
    hull = cv2.convexHull(np.concatenate(midpoints).astype(np.int32))[:, 0] * pixel / 2
    differences = hull[:, None] - hull[None]
    distances = np.hypot(differences[..., 0], differences[..., 1])
    first, second = np.unravel_index(distances.argmax(), distances.shape)
    longest = distances[first, second]
    across = _longest_across((border + 0.5) * pixel, pixel, differences[first, second] / longest)
    perpendicular = np.hypot(*(across[1] - across[0]))
    return float(longest), float(perpendicular), np.array([hull[first], hull[second], *across]) / pixel


def _longest_across(border: np.ndarray, pixel: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the end points, shape (2, 2), of the longest line across a region in one direction.

    Args:
        border: centres of the pixels of its border in order, shape (points, 2).
        pixel: width and height of a pixel.
        direction: unit vector perpendicular to the line.
    """
    normal = np.array([-direction[1], direction[0]])
    following = np.roll(border, -1, axis=0)
    points = np.concatenate([border + share * (following - border) for share in (0, 0.25, 0.5, 0.75)])
    along, beside = points @ direction, points @ normal
    # Points are nearer to each other than this step, so that each strip across the region has points of both borders.
    step = pixel.max() / 2
    place = np.floor((along - along.min()) / step).astype(int)
    low, high = np.full(place.max() + 1, np.inf), np.full(place.max() + 1, -np.inf)
    np.minimum.at(low, place, beside)
    np.maximum.at(high, place, beside)
    widest = int((high - low).argmax())
    edge = np.abs(normal * pixel / 2).max()  # from the centre of a pixel to the outermost middle of its edges
    middle = along[place == widest].mean() * direction
    return np.array([middle + (low[widest] - edge) * normal, middle + (high[widest] + edge) * normal])
