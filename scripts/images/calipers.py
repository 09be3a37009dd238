# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw the diameters of lesions as the callipers of an ultrasound machine."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .colours import CALIPERS, rgb

Line = Sequence[Sequence[float]]  # two points (x, y) in pixels from the upper left corner of the image
FRACTION_BITS = 4  # of the coordinates of OpenCV's drawing functions


def draw_calipers(picture: np.ndarray, lesions: Sequence[Sequence[Line]]) -> np.ndarray:
    """Draw the lines of each lesion, dotted, with a cross at each end, and number the lesions if there are several.

    Args:
        picture: RGB, uint8, shape (rows, columns, 3); drawn on in place.
        lesions: the lines of each lesion, such as its longest diameter and the one perpendicular to it.

    Returns:
        `picture`.
    """
    unit = max(1, round(min(picture.shape[:2]) / 250))
    for number, lines in enumerate(lesions, 1):
        for line in lines:
            ends = np.asarray(line, dtype=np.float64) - 0.5  # OpenCV's coordinates are those of the pixels' centres
            _draw_dots(picture, ends, unit)
            for end in ends:
                _draw_cross(picture, end, 3 * unit, unit)
        if len(lesions) > 1 and lines:
            _draw_number(picture, number, np.asarray(lines[0], dtype=np.float64), unit)
    return picture


def _draw_dots(picture: np.ndarray, ends: np.ndarray, unit: int) -> None:
    length = float(np.hypot(*(ends[1] - ends[0])))
    count = max(1, round(length / (5 * unit)))
    for share in np.arange(1, count) / count:
        centre = _fixed(ends[0] + share * (ends[1] - ends[0]))
        radius = round(0.6 * unit * 2**FRACTION_BITS)
        cv2.circle(picture, centre, radius, rgb(CALIPERS), cv2.FILLED, cv2.LINE_AA, FRACTION_BITS)


def _draw_cross(picture: np.ndarray, centre: np.ndarray, arm: int, unit: int) -> None:
    for step in ((arm, 0), (0, arm)):
        first, second = _fixed(centre - step), _fixed(centre + step)
        cv2.line(picture, first, second, rgb(CALIPERS), unit, cv2.LINE_AA, FRACTION_BITS)


def _draw_number(picture: np.ndarray, number: int, ends: np.ndarray, unit: int) -> None:
    """Draw a number beyond the first end of a line, inside the picture."""
    text, font, scale = str(number), cv2.FONT_HERSHEY_SIMPLEX, 0.4 * unit
    (width, height), _ = cv2.getTextSize(text, font, scale, unit)
    outward = (ends[0] - ends[1]) / max(1e-9, np.hypot(*(ends[0] - ends[1])))
    x, y = ends[0] + (4 * unit + height) * outward
    rows, columns = picture.shape[:2]
    left = round(float(np.clip(x - width / 2, 0, max(0, columns - width))))
    bottom = round(float(np.clip(y + height / 2, height, max(height, rows - 1))))
    cv2.putText(picture, text, (left, bottom), font, scale, rgb(CALIPERS), unit, cv2.LINE_AA)


def _fixed(point: np.ndarray) -> tuple[int, int]:
    x, y = np.round(point * 2**FRACTION_BITS).astype(int)
    return int(x), int(y)
