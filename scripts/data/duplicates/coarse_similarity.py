# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Similarity of images in coarse texture: their highest normalised cross-correlation over all shifts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.fft import irfft2, rfft2

from ...progress import track
from .coarse_images import SIDE, CoarseImages

MIN_OVERLAP = 0.6  # share of the visible area of the smaller image
FFT_SIZE = 3 * SIDE // 2  # px; shifts that wrap around leave less than `MIN_OVERLAP`
BATCH = 16  # images that are compared with one image at once

TYPICAL = 0.22  # median similarity of two images of BUSI, used for data sets with fewer than `FEW` images
FEW = 20
SAMPLE = 64  # images that the median similarity of an image is measured with


class Spectra:
    """Spectra of some images, to compare others with.

    Args:
        images: all images.
        places: positions of those.
    """

    def __init__(self, images: CoarseImages, places: Sequence[int]) -> None:
        textures = np.stack([images[place] for place in places])
        self.areas = textures[:, 1].sum(axis=(1, 2))
        parts = np.concatenate([textures, textures[:, :1] ** 2], axis=1)  # texture, visible area, squared texture
        self.values = rfft2(parts, s=(FFT_SIZE, FFT_SIZE))

    def similarities(self, others: Spectra) -> np.ndarray:
        """Return the highest correlation of one image with each of others over all shifts with enough overlap.

        Takes about 0.3 ms for each.

        Args:
            others: spectra of the other images; these must be of a single one.

        Returns:
            float32, shape (N,), -1 to 1; -1 if no shift has enough overlap.
        """
        least = MIN_OVERLAP * np.minimum(self.areas, others.areas)
        starts = range(0, len(least), BATCH)
        parts = [np.s_[start : start + BATCH] for start in starts]
        return np.concatenate([_highest(self.values[0], others.values[part], least[part]) for part in parts])


def typical_similarities(images: CoarseImages, progress: bool) -> np.ndarray:
    """Return the median similarity of each image with others, `SAMPLE` of them spread evenly over the list.

    Images that resemble many others, such as large black cysts, have a high one.
    """
    count = len(images)
    if count < FEW:
        return np.full(count, TYPICAL)
    sample = np.unique(np.linspace(0, count - 1, SAMPLE).astype(int))
    spectra = Spectra(images, sample.tolist())
    result = np.empty(count)
    for i in track(range(count), "typical similarity", "image", shown=progress):
        result[i] = np.median(Spectra(images, [i]).similarities(spectra)[sample != i])
    return result


def _highest(one: np.ndarray, others: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Return the highest masked correlation of one image with each of the others over all shifts.

    Source: Padfield, Masked Object Registration in the Fourier Domain, IEEE Transactions on Image Processing 2012.

    Args:
        one: spectra of the texture, of the visible area and of the squared texture of an image, shape (3, …).
        others: spectra of the other images, shape (N, 3, …).
        least: minimum overlap with each of them in pixels, shape (N,).
    """
    texture, visible, squares = one
    other_texture, other_visible, other_squares = np.moveaxis(others.conj(), 1, 0)
    products = [
        *(visible * other_visible, texture * other_visible, visible * other_texture),
        *(squares * other_visible, visible * other_squares, texture * other_texture),
    ]
    sums = (irfft2(product, s=(FFT_SIZE, FFT_SIZE)) for product in products)
    overlap = np.maximum(np.round(next(sums)), 1)  # a number of pixels
    mean, other_mean, square, other_square, product = (each / overlap for each in sums)
    variance = np.maximum(square - mean**2, 1e-3)
    other_variance = np.maximum(other_square - other_mean**2, 1e-3)
    correlation = (product - mean * other_mean) / np.sqrt(variance * other_variance)
    correlation[overlap < least[:, None, None]] = -1
    return correlation.max(axis=(1, 2))
