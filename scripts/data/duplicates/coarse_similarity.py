# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How alike images are at a texture much coarser than speckle, wherever one is shifted against the other.

A moment later speckle has changed, but layers, ligaments and the lesion's outline have not.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from tqdm import tqdm

SIDE = 64  # px, the longer side that images are compared at
LEVELLED = 5.5  # px, standard deviation of the neighbourhood whose mean and contrast are levelled
FAINT = 6.0  # grey levels added to the contrast, so that noise in dark areas is not raised
LIMIT = 2.5  # of the levelled values, so that calipers and text do not outweigh the tissue
DARK, SURROUND = 6.0, 2.0  # grey levels and px: where the blurred image is darker there is nothing to compare
MIN_OVERLAP = 0.6  # of what the smaller image shows
SHIFTS = 2 * SIDE  # px, size of the Fourier transforms, so that no shift wraps around
BATCH = 64  # images compared with one at a time


def similarities(pictures: Sequence[np.ndarray], progress: bool = True) -> np.ndarray:
    """Return the highest correlation of each two images over all shifts that leave enough overlap.

    Takes about 1 ms for two images, and 0.1 MB of memory for each.

    Args:
        pictures: [H, W] uint8 each, of any size.
        progress: show a progress bar.

    Returns:
        [N, N] float32, symmetric, -1 to 1; -1 where they cannot overlap enough, and 1 on the diagonal.
    """
    count = len(pictures)
    spectra = torch.zeros(count, 3, SHIFTS, SHIFTS // 2 + 1, dtype=torch.complex64)
    areas = torch.zeros(count)
    for i, grey in enumerate(pictures):
        texture, shown = _texture(grey)
        areas[i] = shown.sum()
        spectra[i] = torch.fft.rfft2(torch.stack([texture, shown, texture**2]), s=(SHIFTS, SHIFTS))
    result = np.eye(count, dtype=np.float32)
    for i in tqdm(range(count - 1), "coarse similarity", disable=None if progress else True):
        for start in range(i + 1, count, BATCH):
            others = slice(start, min(count, start + BATCH))
            overlap = MIN_OVERLAP * torch.minimum(areas[i], areas[others])
            result[i, others] = _highest_correlations(spectra[i], spectra[others], overlap).numpy()
    return np.maximum(result, result.T)


def _texture(grey: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Return an image with its local mean and contrast levelled, small, and where it shows anything (0 and 1)."""
    zoom = SIDE / max(grey.shape)
    size = [max(8, round(side * zoom)) for side in reversed(grey.shape)]
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    shown = (cv2.GaussianBlur(small, (0, 0), SURROUND) > DARK).astype(np.float32)
    level = small - cv2.GaussianBlur(small, (0, 0), LEVELLED)
    spread = np.sqrt(cv2.GaussianBlur(level * level, (0, 0), LEVELLED))
    texture = np.clip(level / (spread + FAINT) * shown, -LIMIT, LIMIT)
    return torch.from_numpy(texture), torch.from_numpy(shown)


def _highest_correlations(one: torch.Tensor, others: torch.Tensor, min_overlap: torch.Tensor) -> torch.Tensor:
    """Correlate one image with others at all shifts (Padfield, IEEE Transactions on Image Processing 2012).

    Args:
        one: [3, …] spectra of its texture, of where it shows anything, and of the squared texture.
        others: [N, 3, …] theirs.
        min_overlap: [N] px.
    """
    texture, shown, squares = one
    other_texture, other_shown, other_squares = others.conj().unbind(1)
    overlap = _shifted_sums(shown * other_shown).round().clamp_min(1)  # a number of pixels
    mean = _shifted_sums(texture * other_shown) / overlap
    other_mean = _shifted_sums(shown * other_texture) / overlap
    variance = (_shifted_sums(squares * other_shown) / overlap - mean**2).clamp_min(1e-3)
    other_variance = (_shifted_sums(shown * other_squares) / overlap - other_mean**2).clamp_min(1e-3)
    covariance = _shifted_sums(texture * other_texture) / overlap - mean * other_mean
    correlation = covariance * (variance * other_variance).rsqrt()
    correlation[overlap < min_overlap[:, None, None]] = -1
    return correlation.flatten(1).amax(1)


def _shifted_sums(spectrum: torch.Tensor) -> torch.Tensor:
    return torch.fft.irfft2(spectrum, s=(SHIFTS, SHIFTS))
