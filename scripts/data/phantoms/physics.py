# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Simulate how a B-mode scanner images tissue: attenuation, speckle and log compression.

Lengths are pixels of an image of `REFERENCE_ROWS` rows and grow with the image, so that a larger image shows
the same anatomy in finer pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REFERENCE_ROWS = 160


@dataclass
class Tissue:
    """Acoustic properties of tissue, arrays of shape (rows, cols).

    Attributes:
        scatter: mean backscatter of the unresolved scatterers in dB, 0 for glandular tissue.
        specular: amplitude of the smooth interfaces, 1 as bright as glandular tissue.
        attenuation: two-way loss in dB per row, beyond the scanner's time-gain compensation;
            negative where the tissue attenuates less than the scanner assumes.
    """

    scatter: np.ndarray
    specular: np.ndarray
    attenuation: np.ndarray

    @property
    def scale(self) -> float:
        """Pixels of this image per pixel of the reference image."""
        return self.scatter.shape[0] / REFERENCE_ROWS


@dataclass(frozen=True)
class Scanner:
    """One scanner setting.

    Attributes:
        gain: level of glandular tissue in the image, 0 to 1.
        dynamic_range: decibels from black to white.
        looks: frames averaged by spatial compounding; 1 leaves fully developed Rayleigh speckle.
        axial: axial width (standard deviation) of the point-spread function in reference pixels.
        lateral: lateral widths at the skin and at the bottom of the image in reference pixels.
        noise: electronic noise in dB at the bottom of the image.
        gain_error: smooth error of the time-gain sliders in dB, shape (rows, 1).
    """

    gain: float
    dynamic_range: float
    looks: int
    axial: float
    lateral: tuple[float, float]
    noise: float
    gain_error: np.ndarray


def draw_scanner(rows: int, rng: np.random.Generator) -> Scanner:
    """Draw a scanner setting for images of `rows` rows."""
    near = rng.uniform(0.8, 1.1)
    return Scanner(
        gain=rng.uniform(0.46, 0.62),
        dynamic_range=rng.uniform(46.0, 60.0),
        looks=int(rng.choice([1, 2, 3, 4, 6, 8], p=[0.08, 0.12, 0.2, 0.25, 0.2, 0.15])),
        axial=rng.uniform(0.55, 0.75),
        lateral=(near, near * rng.uniform(1.5, 2.3)),
        noise=rng.uniform(-36.0, -24.0),
        gain_error=rng.uniform(0.5, 2.0) * smooth_noise(rng, (rows, 1), (rows / 6, 0.0)),
    )


def _gaussian(frequency: np.ndarray, sigma: float) -> np.ndarray:
    """Return the transfer function of a Gaussian of deviation `sigma` pixels at `frequency` cycles per pixel."""
    return np.exp(-2.0 * (np.pi * sigma * frequency) ** 2)


def blur(image: np.ndarray, sigma: tuple[float, float]) -> np.ndarray:
    """Blur a real `image` (rows, cols) by a periodic Gaussian of deviations `sigma` in pixels."""
    rows, cols = image.shape
    transfer = _gaussian(np.fft.fftfreq(rows), sigma[0])[:, None] * _gaussian(np.fft.rfftfreq(cols), sigma[1])
    return np.fft.irfft2(np.fft.rfft2(image) * transfer, s=image.shape)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], sigma: tuple[float, float]) -> np.ndarray:
    """Return periodic Gaussian noise of `shape`, correlated over `sigma` pixels, of mean 0 and deviation 1."""
    noise = blur(rng.standard_normal(shape), sigma)
    noise -= noise.mean()
    return noise / max(noise.std(), 1e-9)


def _widen(image: np.ndarray, sigma: tuple[float, float], margin: int) -> np.ndarray:
    """Blur without wrapping: the edge is continued by `margin` pixels first."""
    return blur(np.pad(image, margin, mode="edge"), sigma)[margin:-margin, margin:-margin]


def acquire(tissue: Tissue, scanner: Scanner, rng: np.random.Generator) -> np.ndarray:
    """Scan `tissue`.

    The scatterers' amplitude multiplies white complex noise before the point-spread function blurs it, so the
    speckle runs over a border as a real beam's does instead of being cut by it.

    Returns:
        The log-compressed image, uint8 of the tissue's shape.
    """
    rows, cols = tissue.scatter.shape
    scale = tissue.scale
    margin = int(np.ceil(8 * scale))
    # The aperture looks past small obstacles: a shadow's flanks are soft.
    loss = _widen(np.cumsum(tissue.attenuation, axis=0), (1.0 * scale, 2.0 * scale), margin)
    echo = np.pad(10.0 ** ((tissue.scatter - loss) / 20.0), margin, mode="edge")
    mirror = np.pad(tissue.specular * 10.0 ** (-loss / 20.0), margin, mode="edge")
    depth = np.linspace(0.0, 1.0, rows)[:, None]
    transfers = [
        _gaussian(np.fft.fftfreq(echo.shape[0]), scanner.axial * scale)[:, None]
        * _gaussian(np.fft.fftfreq(echo.shape[1]), lateral * scale)
        for lateral in scanner.lateral
    ]
    # Standard deviation of white noise after each transfer function, to normalise the speckle, but not the interfaces.
    powers = [np.sqrt(np.mean(transfer**2)) for transfer in transfers]
    mirrored = np.fft.fft2(mirror)
    intensity = np.zeros((rows, cols))
    for _ in range(scanner.looks):
        noise = rng.standard_normal((2, *echo.shape)) / np.sqrt(2.0)
        scattered = np.fft.fft2(echo * (noise[0] + 1j * noise[1]))
        near, far = (
            np.fft.ifft2((scattered / power + mirrored) * transfer)[margin:-margin, margin:-margin]
            for transfer, power in zip(transfers, powers, strict=True)
        )
        intensity += np.abs((1.0 - depth) * near + depth * far) ** 2 / scanner.looks
    # Electronic noise is constant at the probe; the gain that makes up for depth lifts it towards the bottom.
    floor = 10.0 ** ((scanner.noise - 18.0 * (1.0 - depth)) / 10.0)
    intensity += floor * rng.exponential(size=intensity.shape)
    decibels = 10.0 * np.log10(intensity) + scanner.gain_error
    grey = scanner.gain + decibels / scanner.dynamic_range
    return np.round(255.0 * np.clip(grey, 0.0, 1.0)).astype(np.uint8)
