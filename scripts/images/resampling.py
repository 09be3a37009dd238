# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Resize images as MONAI's `Resize` does by default (mode ``area``), without PyTorch."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

TRUNCATED = 4.0  # half width of the Gaussian kernel in standard deviations, as in MONAI


def resize(image: np.ndarray, size: tuple[int, int], anti_aliasing: bool = False) -> np.ndarray:
    """Return an image resized by area averaging.

    Smoothing and averaging are linear and separable, so both are two products with small matrices.

    Args:
        image: shape (rows, columns).
        size: rows and columns of the result.
        anti_aliasing: smooth by a Gaussian before, with a standard deviation of (s - 1) / 2 pixels along an axis that
            gets s times shorter.

    Returns:
        float32, of shape `size`; at most 1e-5 of the range from MONAI's result.
    """
    if image.shape == size:
        return image.astype(np.float32)
    rows, columns = (_matrix(old, new, anti_aliasing) for old, new in zip(image.shape, size))
    return rows @ image.astype(np.float32) @ columns.T


@lru_cache(maxsize=32)  # images of an archive have a few sizes
def _matrix(old: int, new: int, anti_aliasing: bool) -> np.ndarray:
    """Return the matrix of shape (new, old) that resizes one axis."""
    area = np.zeros((new, old), dtype=np.float32)
    for i in range(new):
        first, end = i * old // new, -(-(i + 1) * old // new)
        area[i, first:end] = 1 / (end - first)
    return _smoothed(area, (old / new - 1) / 2) if anti_aliasing and new < old else area


def _smoothed(matrix: np.ndarray, sigma: float) -> np.ndarray:
    """Return the matrix that smooths an axis before it applies `matrix`; outside the image is 0."""
    tail = int(max(sigma * TRUNCATED, 0.5) + 0.5)
    edges = [0.5 * math.erf((x - 0.5) / (sigma * math.sqrt(2))) for x in range(-tail, tail + 2)]
    kernel = np.maximum(np.diff(edges), 0)  # symmetric
    rows = [np.convolve(row, kernel)[tail : tail + len(row)] for row in matrix]
    return np.asarray(rows, dtype=np.float32)
