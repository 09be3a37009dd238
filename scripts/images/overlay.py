# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw the outlines and diameters of lesions on an image, and return outlines as polygons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from .calipers import Line, draw_calipers
from .colours import PREDICTION, rgb


def outlines(mask: np.ndarray, tolerance: float = 0.5) -> list[list[tuple[float, float]]]:
    """Return the outlines of a mask, including those of holes, as closed polygons of (x, y) points.

    Args:
        mask: bool, shape (rows, columns).
        tolerance: largest distance in pixels between a polygon and the outline.
    """
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return [_polygon(outline, tolerance) for outline in found]


def outer_outline(mask: np.ndarray, tolerance: float = 0.5) -> list[tuple[float, float]]:
    """Return the outer outline of a mask with one lesion, as `outlines` does."""
    (found,), _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return _polygon(found, tolerance)


def _polygon(outline: np.ndarray, tolerance: float) -> list[tuple[float, float]]:
    corners = cv2.approxPolyDP(outline, tolerance, True)[:, 0]
    return [(float(x) + 0.5, float(y) + 0.5) for x, y in corners]


def as_picture(grey: np.ndarray) -> np.ndarray:
    """Return grey levels scaled to 8 bits, the darkest black and the brightest white."""
    low, high = float(grey.min()), float(grey.max())
    scaled = grey - low
    scaled /= high - low or 1  # in place, because an image may be large
    scaled *= 255
    return np.round(scaled, out=scaled).astype(np.uint8)


def overlay(picture: np.ndarray, mask: np.ndarray, calipers: Sequence[Sequence[Line]] = ()) -> np.ndarray:
    """Return an RGB picture with the outlines and the diameters of the lesions.

    Args:
        picture: uint8, shape (rows, columns).
        mask: bool, of the same shape.
        calipers: for each lesion its diameters; see `draw_calipers`.
    """
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(colour, found, -1, rgb(PREDICTION), max(1, round(min(picture.shape) / 250)))
    return draw_calipers(colour, calipers)


def write_jpeg(picture: np.ndarray, path: Path) -> None:
    """Write an RGB picture as JPEG: a seventh of PNG's time and a third of its size, and thin lines keep their colour.

    Raises:
        OSError: the file cannot be written.
    """
    colours = cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444  # none is averaged away
    settings = [cv2.IMWRITE_JPEG_QUALITY, 95, *colours]
    path.write_bytes(cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), settings)[1].tobytes())


def thumbnail(picture: np.ndarray, width: int = 320) -> bytes:
    """Return an 8-bit picture as JPEG, reduced to a width of at most `width` pixels."""
    scale = min(1.0, width / picture.shape[1])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
