# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lesions of phantoms: their outlines and what they do to the beam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .physics import Tissue, smooth_noise

AREA_RANGE = (0.02, 0.25)  # of the image, for one lesion
_ANGLES = 720


@dataclass(frozen=True)
class Outline:
    """A star-shaped border.

    Attributes:
        centre: (row, column) in pixels.
        radius: border's distance from the centre in pixels at `_ANGLES` equal steps of the angle, the angle
            counted from the direction of growing columns towards growing rows.
    """

    centre: tuple[float, float]
    radius: np.ndarray

    def distance(self, size: tuple[int, int]) -> np.ndarray:
        """Return the distance to the border along the ray from the centre, (rows, cols), negative inside."""
        row, col = np.mgrid[: size[0], : size[1]].astype(float)
        down, across = row - self.centre[0], col - self.centre[1]
        turn = np.arctan2(down, across) % (2.0 * np.pi) * (_ANGLES / (2.0 * np.pi))
        border = np.interp(turn.ravel(), np.arange(_ANGLES + 1), np.append(self.radius, self.radius[0]))
        return np.hypot(down, across) - border.reshape(size)


def _ellipse(angle: np.ndarray, aspect: float, tilt: float) -> np.ndarray:
    """Return the polar radius of an ellipse `aspect` times as wide as tall, turned by `tilt` radians, of area pi."""
    wide, tall = np.sqrt(aspect), 1.0 / np.sqrt(aspect)
    return 1.0 / np.hypot(np.cos(angle - tilt) / wide, np.sin(angle - tilt) / tall)


def _benign_radius(rng: np.random.Generator) -> np.ndarray:
    """Return a smooth oval, wider than tall, sometimes with two or three gentle lobes."""
    angle = np.arange(_ANGLES) * (2.0 * np.pi / _ANGLES)
    radius = _ellipse(angle, rng.uniform(1.15, 2.1), rng.normal(0.0, 0.17))
    for order in (2, 3):
        radius *= 1.0 + rng.uniform(0.0, 0.045) * np.cos(order * angle + rng.uniform(0.0, 2.0 * np.pi))
    return radius


def _malignant_radius(rng: np.random.Generator) -> np.ndarray:
    """Return an irregular border, spiculated or microlobulated, often taller than wide."""
    angle = np.arange(_ANGLES) * (2.0 * np.pi / _ANGLES)
    radius = _ellipse(angle, rng.uniform(0.6, 1.35), rng.normal(0.0, 0.35))
    irregular = sum(
        rng.normal(0.0, 0.09) / np.sqrt(order / 2.0) * np.cos(order * angle + rng.uniform(0.0, 2.0 * np.pi))
        for order in range(2, 7)
    )
    radius *= np.clip(1.0 + irregular, 0.6, 1.5)
    ragged = smooth_noise(rng, (1, _ANGLES), (0.0, _ANGLES / 90.0))[0]
    radius *= 1.0 + rng.uniform(0.02, 0.06) * ragged
    count = int(rng.integers(9, 16))
    places = rng.uniform(0.0, 2.0 * np.pi, count)
    away = np.abs((angle[:, None] - places + np.pi) % (2.0 * np.pi) - np.pi)
    if rng.random() < 0.55:  # spicules: thorns broad at the foot, few of them long
        height, foot = 0.07 + rng.exponential(0.15, count).clip(0.0, 0.38), rng.uniform(0.1, 0.24, count)
        return radius * (0.85 + (height * np.exp(-away / foot)).max(axis=1))
    # Microlobules: round bulges of all widths with sharp notches between them.
    lobe = rng.uniform(0.1, 0.4, count) * np.sqrt(np.clip(1.0 - (away / rng.uniform(0.2, 0.55, count)) ** 2, 0.0, 1.0))
    return radius * (0.85 + lobe.max(axis=1))


def draw_outline(kind: str, size: tuple[int, int], rng: np.random.Generator, taken: np.ndarray) -> Outline | None:
    """Draw the border of a lesion that lies completely inside the image and outside the pixels `taken`.

    Args:
        kind: ``"benign"`` or ``"malignant"``.
        size: (rows, cols).
        rng: random number generator.
        taken: bool (rows, cols), True where no lesion is allowed.

    Returns:
        The outline with an area within `AREA_RANGE`, or None if there is no room.
    """
    rows, cols = size
    angle = np.arange(_ANGLES) * (2.0 * np.pi / _ANGLES)
    crowded = bool(taken.any())
    for _ in range(60):
        shape = _benign_radius(rng) if kind == "benign" else _malignant_radius(rng)
        area = 0.026 * np.exp(rng.uniform(0.0, np.log(1.6 if crowded else 7.0)))
        radius = shape * np.sqrt(area * rows * cols / (np.pi * np.mean(shape**2)))
        down, across = radius * np.sin(angle), radius * np.cos(angle)
        margin = 0.02 * rows
        low = (0.07 * rows - down.min(), margin - across.min())
        high = (0.78 * rows - down.max(), cols - margin - across.max())
        if low[0] >= high[0] or low[1] >= high[1]:
            continue
        # Most lesions sit in the gland, in the upper half of what the image shows.
        outline = Outline((low[0] + (high[0] - low[0]) * rng.beta(1.6, 2.2), rng.uniform(low[1], high[1])), radius)
        distance = outline.distance(size)
        if AREA_RANGE[0] <= np.mean(distance < 0) <= AREA_RANGE[1] and not np.any(taken & (distance < margin)):
            return outline
    return None


def paint_lesion(tissue: Tissue, outline: Outline, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Paint a lesion of `kind` into `tissue` in place and return its mask, bool (rows, cols)."""
    size, scale = tissue.scatter.shape, tissue.scale
    distance = outline.distance(size)
    mask = distance < 0
    row, col = np.mgrid[: size[0], : size[1]].astype(float)
    # Interfaces across the beam are bright, those along it are not.
    facing = np.abs(row - outline.centre[0]) / (np.hypot(row - outline.centre[0], col - outline.centre[1]) + 1.0)
    surroundings = float(np.median(tissue.scatter[(distance > 0) & (distance < 8 * scale)]))
    height = max(float(np.ptp(np.flatnonzero(mask.any(axis=1)))), 1.0)
    texture = smooth_noise(rng, size, (3.0 * scale, 4.5 * scale))
    if kind == "benign":
        cyst = rng.random() < 0.35
        level = rng.uniform(-36.0, -24.0) if cyst else min(rng.uniform(-17.0, -8.5), surroundings - 5.0)
        inside = level + rng.uniform(0.5, 1.5) * texture
        edge = 0.7 * scale
        through = rng.uniform(-11.0, -6.0) if cyst else rng.uniform(-6.0, 1.0)
        rim = rng.uniform(0.3, 1.3) * np.exp(-(((distance - 0.8 * scale) / (0.9 * scale)) ** 2)) * (0.25 + facing**2)
        halo = 0.0
    else:
        level = min(rng.uniform(-21.0, -10.0), surroundings - 6.0)
        inside = level + rng.uniform(2.0, 5.0) * texture
        edge = rng.uniform(0.8, 2.4) * scale
        through = rng.uniform(6.0, 22.0) if rng.random() < 0.8 else rng.uniform(-3.0, 3.0)
        rim = 0.0
        width = rng.uniform(3.0, 7.0) * scale
        patchy = np.clip(0.7 + 0.6 * smooth_noise(rng, size, (4 * scale, 6 * scale)), 0.0, 1.8)
        halo = rng.uniform(2.0, 8.0) * patchy * np.exp(-np.clip(distance, 0.0, None) / width)
    weight = 0.5 * (1.0 - np.tanh(distance / edge))
    tissue.scatter[:] = weight * inside + (1.0 - weight) * (tissue.scatter + halo)
    tissue.specular[:] = (1.0 - weight) * tissue.specular + rim
    # The lesion's attenuation replaces that of the tissue.
    tissue.attenuation[:] = np.where(mask, through / height, tissue.attenuation)
    if kind == "benign":
        # A round wall refracts the beam: thin shadows below both sides.
        flank = np.exp(-((distance / (1.5 * scale)) ** 2)) * (1.0 - facing) ** 2 * (row > outline.centre[0])
        tissue.attenuation += rng.uniform(0.0, 1.6) / scale * flank
    elif rng.random() < 0.4:
        # Microcalcifications lie in a cluster, and each is far smaller than the beam.
        spots = np.argwhere(mask & (texture > 0.4))
        for spot in rng.permutation(len(spots))[: int(rng.integers(4, 14))]:
            tissue.specular[tuple(spots[spot])] += rng.uniform(2.0, 8.0) * max(scale, 1.0) ** 2
    return mask
