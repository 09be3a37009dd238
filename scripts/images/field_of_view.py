# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find the field of view of an ultrasound image: the area with tissue, without black border and text."""

from __future__ import annotations

import cv2
import numpy as np

from .components import connected_components

# As shares of the image's smaller side.
STROKE = 0.012  # half the height of letters; anything thinner is removed as text
GAP = 0.08  # largest dark gap within tissue
DARK = 12 / 255  # share of the grey level range; the border of a scan is black or nearly black
SIDE = 256  # size in pixels to which the smaller side is reduced
MIN_AREA = 0.05  # share of the image; a smaller area is not taken for a field of view


def field_of_view(grey: np.ndarray) -> np.ndarray:
    """Return the field of view of an ultrasound image, the whole image if none is found; see `find_field_of_view`."""
    found = find_field_of_view(grey)
    return np.ones(grey.shape, dtype=bool) if found is None else found


def find_field_of_view(grey: np.ndarray) -> np.ndarray | None:
    """Return the mask of the field of view of an ultrasound image.

    It is the convex hull of the largest bright area after thin strokes, such as letters, are removed. The hull includes
    dark lesions and shadows at the edge of the scan.

    Args:
        grey: grey levels, shape (rows, columns), finite, larger is brighter.

    Returns:
        bool, shape (rows, columns); True everywhere if all pixels are equal; None if no field of view is found.
    """
    low, high = float(grey.min()), float(grey.max())
    if high <= low:
        return np.ones(grey.shape, dtype=bool)
    scale = min(1.0, SIDE / min(grey.shape))
    scaled = grey - low
    scaled /= high - low  # in place, because an image may be large
    small = cv2.resize(scaled, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    side = min(small.shape)
    margin = max(1, round(GAP * side))  # so that closing does not shrink areas at the image border
    bright: np.ndarray = np.pad(small > DARK, margin).astype(np.uint8)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, _disc(STROKE * side / 2))  # speckle
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, _disc(STROKE * side))
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, _disc(GAP * side / 2))
    inner = np.ascontiguousarray(bright[margin:-margin, margin:-margin])
    labels, stats = connected_components(inner)
    if len(stats) == 1:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    if stats[largest, cv2.CC_STAT_AREA] < MIN_AREA * inner.size:
        return None
    contours, _ = cv2.findContours((labels == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    field = cv2.fillConvexPoly(np.zeros(inner.shape, dtype=np.uint8), cv2.convexHull(contours[0]), 1)
    return cv2.resize(field, grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0


def _disc(radius: float) -> np.ndarray:
    size = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
