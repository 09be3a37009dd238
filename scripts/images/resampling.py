# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Resize images as MONAI's `Resize` does by default (mode ``area``), without PyTorch."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

TRUNCATED = 4.0  # half width of the Gaussian kernel in standard deviations, as in MONAI


def resize(image: np.ndarray, size: tuple[int, int], anti_aliasing: bool = False) -> np.ndarray:
    """Return an image resized by area averaging.

    Args:
        image: shape (rows, columns).
        size: rows and columns of the result.
        anti_aliasing: smooth by a Gaussian before, with a standard deviation of (s - 1) / 2 pixels along an axis that
            gets s times shorter.

    Returns:
        float32, of shape `size`: MONAI's result, exactly for 8 bits that are not smoothed, else to 1e-5 of the
        range.
    """
    if image.shape == size:
        return image.astype(np.float32)
    rows, columns = (_axis(old, new, anti_aliasing) for old, new in zip(image.shape, size))
    narrow = np.ascontiguousarray(columns.sums(image.astype(np.float32).T).T)
    return rows.sums(narrow) / rows.counts[:, None] / columns.counts  # as PyTorch divides


class _Axis(NamedTuple):
    """How one axis is resized: each new pixel is a weighted sum of a few neighbours, divided by their number."""

    neighbours: list[np.ndarray]  # the first neighbour of each new pixel, the second ...
    weights: list[np.ndarray]  # of these, each of shape (new, 1)
    counts: np.ndarray

    def sums(self, image: np.ndarray) -> np.ndarray:
        """Return the weighted sums along the first axis of an image."""
        total = self.weights[0] * image[self.neighbours[0]]
        for neighbour, weight in zip(self.neighbours[1:], self.weights[1:]):
            total += weight * image[neighbour]
        return total


@lru_cache(maxsize=32)  # images of an archive have a few sizes
def _axis(old: int, new: int, anti_aliasing: bool) -> _Axis:
    start = np.arange(new) * old // new
    end = -(-np.arange(1, new + 1) * old // new)
    matrix = np.zeros((new, old), dtype=np.float32)
    for row, first, last in zip(matrix, start, end):
        row[first:last] = 1
    if anti_aliasing and new < old:
        matrix = _smoothed(matrix, (old / new - 1) / 2)
    used = matrix != 0
    width = used.sum(axis=1).max()
    first = np.minimum(used.argmax(axis=1), old - width)
    neighbours = [first + i for i in range(width)]
    weights = [np.take_along_axis(matrix, neighbour[:, None], axis=1) for neighbour in neighbours]
    return _Axis(neighbours, weights, (end - start).astype(np.float32))


def _smoothed(matrix: np.ndarray, sigma: float) -> np.ndarray:
    """Return the matrix that smooths an axis before it applies `matrix`; outside the image is 0."""
    tail = int(max(sigma * TRUNCATED, 0.5) + 0.5)
    edges = [0.5 * math.erf((x - 0.5) / (sigma * math.sqrt(2))) for x in range(-tail, tail + 2)]
    kernel = np.maximum(np.diff(edges), 0)  # symmetric
    rows = [np.convolve(row, kernel)[tail : tail + len(row)] for row in matrix]
    return np.asarray(rows, dtype=np.float32)
