# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Masks that are rectangles, and the figures of an evaluation as text."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image

ROWS, COLUMNS = 64, 80
# By name, of each mask file of the truth and of the prediction: first row and column in it, first row and column after.
RECTANGLES = {
    "benign/benign (1).png": ([(20, 20, 40, 60)], [(20, 20, 40, 60)]),
    "benign/benign (2).png": ([(20, 20, 40, 30), (20, 30, 40, 60)], [(20, 40, 40, 80)]),
    "malignant/malignant (1).png": ([(20, 20, 40, 60)], []),
    "normal/normal (1).png": ([(0, 0, 0, 0)], [(10, 10, 13, 14)]),
    "normal/normal (2).png": ([(0, 0, 0, 0)], []),
}


def draw(path: Path, rectangles: list[tuple[int, int, int, int]]) -> np.ndarray:
    """Write a mask, and return it as bool."""
    mask = np.zeros((ROWS, COLUMNS), dtype=bool)
    for top, left, bottom, right in rectangles:
        mask[top:bottom, left:right] = True
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mask.astype(np.uint8) * 255).save(path)
    return mask


def write_rows(folder: Path, rows: list[dict]) -> None:
    """Write ``metrics.csv``."""
    with (folder / "metrics.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read_rows(folder: Path) -> list[dict]:
    """Read it as text."""
    with (folder / "metrics.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
