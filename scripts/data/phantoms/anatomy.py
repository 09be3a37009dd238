# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw the tissue of a breast without lesions: skin, fat with Cooper's ligaments, gland, muscle and chest wall."""

from __future__ import annotations

import numpy as np

from .physics import REFERENCE_ROWS, Tissue, smooth_noise


def _step(distance: np.ndarray, width: float) -> np.ndarray:
    """Return a soft step from 0 to 1 where `distance` passes 0, over about `width` pixels."""
    return 0.5 * (1.0 + np.tanh(distance / width))


def _follow(field: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Bend a periodic `field` (rows, cols) downwards by `flow` (rows, cols) pixels, so that it follows the layers."""
    rows, cols = field.shape
    source = np.arange(rows)[:, None] - flow
    above = np.floor(source).astype(int)
    part = source - above
    column = np.arange(cols)[None, :]
    return (1.0 - part) * field[above % rows, column] + part * field[(above + 1) % rows, column]


def _strands(rng: np.random.Generator, flow: np.ndarray, sigma: tuple[float, float], width: float) -> np.ndarray:
    """Return bright curved strands (rows, cols) of 0 to about 2: the zero lines of a smooth random field.

    Strands across the beam mirror it and shine, those along it fade; each also fades in and out by chance.
    """
    field = _follow(smooth_noise(rng, flow.shape, sigma), flow)
    down, across = np.gradient(field)
    slope = np.hypot(down, across) + 1e-6
    fading = smooth_noise(rng, flow.shape, (1.5 * sigma[0], sigma[1]))
    return np.exp(-((field / slope / width) ** 2)) * (down / slope) ** 2 * np.clip(0.5 + fading, 0.0, 2.0)


def _paint_ribs(tissue: Tissue, top: float, rng: np.random.Generator) -> None:
    """Paint one or two ribs from row `top` on: a bright front, and bone that lets no echo return."""
    rows, cols = tissue.scatter.shape
    row, col = np.mgrid[:rows, :cols].astype(float)
    centre = rng.uniform(0.1, 0.9) * cols
    for offset in (0.0, rng.uniform(0.5, 0.7) * cols)[: int(rng.integers(1, 3))]:
        half = rng.uniform(0.1, 0.17) * cols
        along = ((centre + offset) % cols - col) / half
        front = top + 0.35 * half * (1.0 - np.sqrt(np.clip(1.0 - along**2, 0.0, 1.0)))
        bone = (np.abs(along) < 1.0) & (row > front)
        tissue.specular += 3.0 * np.exp(-(((row - front) / (1.1 * tissue.scale)) ** 2)) * np.clip(1.0 - along**2, 0, 1)
        tissue.attenuation += np.where(bone, 1.1 / tissue.scale, 0.0)


def _paint_fat_lobules(tissue: Tissue, gland: tuple[float, float], rng: np.random.Generator) -> None:
    """Paint dark fat lobules between the rows `gland`, which look like lesions."""
    rows, cols = tissue.scatter.shape
    row, col = np.mgrid[:rows, :cols].astype(float)
    for _ in range(int(rng.integers(2, 6))):
        half = rng.uniform(7.0, 20.0) * tissue.scale
        height = half * rng.uniform(0.25, 0.5)
        along = (col - rng.uniform(0.0, cols)) / half
        down = (row - rng.uniform(*gland) - rng.uniform(-0.25, 0.25) * half * along) / height
        bend = 0.4 * smooth_noise(rng, (rows, cols), (4 * tissue.scale, 8 * tissue.scale))
        radius = np.hypot(along, down) + bend
        tissue.scatter -= rng.uniform(4.0, 11.0) * (1.0 - _step(radius - 1.0, rng.uniform(0.25, 0.6)))
        tissue.specular += rng.uniform(0.0, 0.9) * np.exp(-(((radius - 1.05) / 0.12) ** 2)) * (down < 0)


def draw_breast(size: tuple[int, int], rng: np.random.Generator) -> Tissue:
    """Draw a breast without lesions.

    Args:
        size: (rows, cols) of the image.
        rng: random number generator.
    """
    rows, cols = size
    scale = rows / REFERENCE_ROWS
    row, col = np.mgrid[:rows, :cols].astype(float)
    bending = rng.uniform(2.0, 8.0) * scale * smooth_noise(rng, (1, 2 * cols), (0.0, cols / 6))[:, :cols]
    bending = bending + rng.normal(0.0, 9.0) * scale * (2.0 * col[:1] / cols - 1.0)
    flow = bending * (row / rows) ** 0.6
    # Boundaries are level sets of this bent and roughened depth, 0 at the probe and 1 at the bottom.
    rough = _follow(smooth_noise(rng, size, (7 * scale, 14 * scale)), flow)
    depth = (row - flow + rng.uniform(1.5, 5.5) * scale * rough * np.clip(8.0 * row / rows - 0.6, 0, 1)) / rows
    skin = rng.uniform(0.03, 0.055)
    fat = rng.uniform(0.13, 0.36)
    gland = max(rng.uniform(0.5, 0.8), fat + 0.3)
    muscle = gland + rng.uniform(0.1, 0.22)

    in_fat, in_gland = _step(depth - skin, 0.006), _step(depth - fat, rng.uniform(0.01, 0.05))
    in_muscle, in_deep = _step(depth - gland, rng.uniform(0.01, 0.05)), _step(depth - muscle, 0.02)
    fat_level, muscle_level = rng.uniform(-11.0, -5.5), rng.uniform(-13.0, -7.0)
    scatter = 2.0 + (fat_level - 2.0) * in_fat - fat_level * in_gland + muscle_level * in_muscle
    scatter = scatter + rng.uniform(-9.0, -2.0) * in_deep
    gland_only, muscle_only = in_gland * (1.0 - in_muscle), in_muscle * (1.0 - in_deep)
    fat_only = in_fat * (1.0 - in_gland)

    patches = _follow(smooth_noise(rng, size, (5 * scale, 13 * scale)), flow)
    fibres = _follow(smooth_noise(rng, size, (1.0 * scale, rng.uniform(5.0, 10.0) * scale)), flow)
    ducts = _follow(smooth_noise(rng, size, (1.8 * scale, 4.0 * scale)), flow)
    scatter += gland_only * (rng.uniform(2.0, 4.0) * patches + rng.uniform(1.5, 4.0) * fibres)
    scatter -= gland_only * rng.uniform(1.0, 6.0) * np.clip(ducts - 0.9, 0.0, 1.0) * 1.8
    scatter += fat_only * (rng.uniform(0.8, 2.0) * patches + rng.uniform(0.8, 2.2) * fibres)
    stripes = _follow(smooth_noise(rng, size, (1.1 * scale, 22 * scale)), flow)
    scatter += in_muscle * (rng.uniform(1.5, 3.5) * stripes + patches)

    specular = rng.uniform(0.5, 1.4) * fat_only * _strands(rng, flow, (5 * scale, 14 * scale), 0.8 * scale)
    specular += rng.uniform(0.3, 0.8) * fat_only * _strands(rng, flow, (1.8 * scale, 7 * scale), 0.6 * scale)
    specular += rng.uniform(0.8, 2.6) * gland_only * _strands(rng, flow, (2.4 * scale, 12 * scale), 0.8 * scale)
    specular += rng.uniform(0.5, 1.3) * muscle_only * _strands(rng, flow, (2.2 * scale, 26 * scale), 0.8 * scale)
    line = 1.0 * scale / rows
    for level, strength in ((0.006, 2.5), (skin, 1.6), (gland, rng.uniform(0.3, 1.8)), (muscle, rng.uniform(0.2, 1.5))):
        broken = np.clip(0.8 + 0.5 * smooth_noise(rng, size, (9 * scale, 16 * scale)), 0.0, 2.0)
        specular += strength * broken * np.exp(-(((depth - level) / line) ** 2))

    attenuation = np.full(size, rng.uniform(-0.01, 0.07) / scale) + in_deep * rng.uniform(0.0, 0.25) / scale
    tissue = Tissue(scatter, specular, attenuation)
    _paint_fat_lobules(tissue, (fat * rows, gland * rows), rng)
    # Poor contact at the skin and dense ligaments cast shadows without a lesion.
    for _ in range(int(rng.integers(0, 4))):
        beam = np.exp(-(((col - rng.uniform(0, cols)) / (rng.uniform(3.0, 11.0) * scale)) ** 2))
        start = rng.uniform(0.0, gland) * rows
        tissue.attenuation += rng.uniform(3.0, 14.0) / (25.0 * scale) * beam * (np.abs(row - start) < 12.5 * scale)
    if rng.random() < 0.3:
        _paint_ribs(tissue, min(muscle, 0.86) * rows, rng)
    return tissue
