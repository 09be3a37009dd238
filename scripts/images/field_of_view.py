# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Where a picture shows tissue: neither the black around the sector nor what is written there."""

from __future__ import annotations

import cv2
import numpy as np

# Shares of the image's smaller side.
STROKE = 0.012  # half the height of letters: what is thinner than it is writing
GAP = 0.08  # dark tissue between bright
DARK = 12 / 255  # of the range of grey levels; scanners draw the surroundings black or nearly so
SIDE = 256  # pixels that the smaller side is looked at with
LEAST = 0.05  # of the image: a smaller field is none, and nothing is left out


def field_of_view(grey: np.ndarray) -> np.ndarray:
    """Return where an ultrasound image shows tissue.

    That is the convex hull of its largest bright area, once strokes as thin as those of letters are gone; so dark
    lesions and shadows at its rim belong to it.

    Args:
        grey: shape (rows, columns), finite, larger is brighter.

    Returns:
        bool, shape (rows, columns); everywhere True where no such area is found.
    """
    low, high = float(grey.min()), float(grey.max())
    everywhere = np.ones(grey.shape, dtype=bool)
    if high <= low:
        return everywhere
    scale = min(1.0, SIDE / min(grey.shape))
    small = cv2.resize((grey - low) / (high - low), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    side = min(small.shape)
    margin = max(1, round(GAP * side))  # an area that the rim of the image cuts is closed as if it went on
    bright: np.ndarray = np.pad(small > DARK, margin).astype(np.uint8)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, _disc(STROKE * side / 2))  # speckle
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, _disc(STROKE * side))
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, _disc(GAP * side / 2))
    inner = np.ascontiguousarray(bright[margin:-margin, margin:-margin])
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=8)
    if count == 1:
        return everywhere
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    if stats[largest, cv2.CC_STAT_AREA] < LEAST * inner.size:
        return everywhere
    hull = cv2.convexHull(cv2.findNonZero((labels == largest).astype(np.uint8)))
    field = cv2.fillConvexPoly(np.zeros(inner.shape, dtype=np.uint8), hull, 1)
    return cv2.resize(field, grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0


def _disc(radius: float) -> np.ndarray:
    size = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
