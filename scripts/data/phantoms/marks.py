# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw what scanners burn into images: a depth scale, a caption and calliper crosses."""

from __future__ import annotations

import numpy as np

# Five rows of three dots, a row per digit, its bits the dots from left to right.
_GLYPHS = {
    "L": "44447", "E": "74647", "F": "74644", "T": "72222", "R": "65655", "I": "72227",
    "G": "34553", "H": "55755", "B": "65656", "A": "25755", "S": "34216", "1": "26227",
    "2": "61247", "3": "61216", "O": "25552", "C": "34443", "K": "55655", " ": "00000",
}  # fmt: skip
_CAPTIONS = ("LEFT BREAST", "RIGHT BREAST", "LT 3 O", "RT 12 O CLK", "L 2", "R 1", "RT", "LT AREOLA")


def _write(image: np.ndarray, text: str, corner: tuple[int, int], dot: int, grey: int) -> None:
    """Write `text` with its upper left at `corner`, each dot of a glyph `dot` pixels wide; the image's edge cuts it."""
    rows, cols = image.shape
    for place, letter in enumerate(text):
        bits = np.array([[int(line) >> shift & 1 for shift in (2, 1, 0)] for line in _GLYPHS[letter]], bool)
        for row, col in np.argwhere(np.kron(bits, np.ones((dot, dot), bool))) + corner:
            if row < rows and col + 4 * dot * place < cols:
                image[row, col + 4 * dot * place] = grey


def _cross(image: np.ndarray, row: int, col: int, arm: int, grey: int) -> None:
    """Draw a caliper cross around (row, col); the image's edge cuts it."""
    image[max(row - arm, 0) : row + arm + 1, col] = grey
    image[row, max(col - arm, 0) : col + arm + 1] = grey


def _caliper_ends(mask: np.ndarray | None, size: tuple[int, int], rng: np.random.Generator) -> list[tuple[int, int]]:
    """Return the (row, column) ends of a measured diameter: of the lesion, or anywhere without a lesion."""
    if mask is None:
        row, cols = int(rng.integers(size[0] // 5, size[0] * 3 // 4)), size[1]
        left = int(rng.integers(0, cols // 2))
        return [(row, left), (row, left + int(rng.integers(cols // 8, cols // 3)))]
    points = np.argwhere(mask)
    axis = int(rng.random() < 0.3)  # 0: the width, 1: the height
    order = np.argsort(points[:, 1 - axis], kind="stable")
    return [tuple(points[order[0]]), tuple(points[order[-1]])]


def burn_marks(image: np.ndarray, masks: list[np.ndarray], rng: np.random.Generator) -> None:
    """Draw random marks into `image`, uint8 (rows, cols), in place.

    Args:
        image: the scan.
        masks: masks of the lesions, bool (rows, cols); a calliper measures the first.
        rng: random number generator.
    """
    rows, cols = image.shape
    unit = max(1, round(rows / 160))
    grey = int(rng.integers(170, 256))
    if rng.random() < 0.25:
        side = int(rng.random() < 0.5)
        step = rows / rng.uniform(3.5, 5.5) / 5.0
        for tick in range(1, int(rows / step)):
            length = unit * (4 if tick % 5 == 0 else 2)
            row = round(tick * step)
            image[row : row + unit, slice(0, length) if side else slice(cols - length, cols)] = grey
    if rng.random() < 0.5:
        image[: 3 * unit, : 4 * unit] = 15
        image[unit : 2 * unit, unit : 3 * unit] = grey
    if rng.random() < 0.15:
        caption = _CAPTIONS[int(rng.integers(len(_CAPTIONS)))]
        top = int(rng.uniform(0.72, 0.93) * rows) if rng.random() < 0.7 else int(0.03 * rows)
        _write(image, caption, (top, int(rng.uniform(0.04, 0.6) * cols)), unit, grey)
    if rng.random() < 0.15:
        for row, col in _caliper_ends(masks[0] if masks else None, (rows, cols), rng):
            _cross(image, int(row), int(col), 3 * unit, grey)
