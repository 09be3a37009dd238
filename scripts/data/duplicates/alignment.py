# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Decide whether two images show the same frame: local features align them, and their speckle is compared.

Speckle is an interference pattern. It repeats only when the same frame is shown again (saved again, cropped, scaled,
flipped, brightened, annotated), and changes within a few frames when the probe moves. Burned-in text, logos and scale
bars can align two different frames, but they cover too few tiles to make them a match.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

FEATURES = 250  # local features kept per image
WORKING_SIDE = 400  # px, longer side of the image for feature detection; SIFT itself is scale-invariant
DESCRIPTOR = 128  # values of a descriptor
GRID = 8  # features are spread over GRID x GRID cells, so that a logo or text does not take them all
MATCH_RATIO = 0.85  # largest ratio of nearest to second-nearest descriptor distance of a match
RANSAC_ERROR = 4.0  # px in the target image
SCALES = (0.2, 5.0)  # range of the scale between the images
MAX_STRETCH = 1.6  # largest ratio of the scales of the two axes

TILE = 24  # px in the coarser of the two images
SHIFT = 3  # px that a tile may move, to correct for inexact alignment
TEXTURED = 0.4  # smallest fraction of textured pixels in a tile, which excludes black borders and single strokes
TILE_CORRELATION = 0.6  # about 0.99 for the same frame, 0.1 to 0.3 for different ones
MIN_SHARE = 0.5  # fraction of the textured tiles that must correlate
MIN_TILES = 20  # smallest number of textured tiles
MIN_OVERLAP = 0.3  # fraction of the smaller image's area


@dataclass(frozen=True)
class LocalFeatures:
    """SIFT features of one image.

    Attributes:
        points: [N, 2] float32, x and y in px of the image, N <= `FEATURES`.
        descriptors: [N, 128] uint8 SIFT descriptors.
        width: width of the image, px.
    """

    points: np.ndarray
    descriptors: np.ndarray
    width: int

    def mirrored(self) -> LocalFeatures:
        """Return the features of the horizontally flipped image.

        Flipping negates gradient angles and turns the 4 x 4 x 8 (row, column, angle) histogram upside down in the
        feature's frame, so the descriptor's values are only permuted.
        """
        bins = self.descriptors.reshape(-1, 4, 4, 8)[:, ::-1, :, (8 - np.arange(8)) % 8]
        points = self.points.copy()
        points[:, 0] = self.width - 1 - points[:, 0]
        return LocalFeatures(points, np.ascontiguousarray(bins).reshape(-1, DESCRIPTOR), self.width)

    def root_descriptors(self) -> np.ndarray:
        """Return the square roots of the descriptors, which compare better: [N, 128] float32, of unit length.

        Source: Arandjelović and Zisserman, Three things everyone should know to improve object retrieval, CVPR 2012.
        """
        levels = self.descriptors.astype(np.float32)
        return np.sqrt(levels / np.maximum(levels.sum(1, keepdims=True), 1e-6))


@dataclass(frozen=True)
class Agreement:
    """Agreement of the speckle of two aligned images.

    Attributes:
        share: fraction of the textured tiles in the overlap that correlate, 0 to 1.
        tiles: number of textured tiles.
        overlap: overlapping area divided by the area of the smaller image, 0 to 1.
    """

    share: float = 0.0
    tiles: int = 0
    overlap: float = 0.0

    @property
    def same_frame(self) -> bool:
        """Whether the two images show the same frame."""
        return self.share >= MIN_SHARE and self.tiles >= MIN_TILES and self.overlap >= MIN_OVERLAP


def local_features(grey: np.ndarray) -> LocalFeatures:
    """Find the features of `grey` ([H, W] uint8), the strongest of each part of the image first."""
    height, width = grey.shape
    zoom = min(1.0, WORKING_SIDE / max(grey.shape))
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if zoom < 1 else grey
    contrast, detector = _even_contrast(small), cv2.SIFT_create()  # type: ignore[attr-defined]
    keypoints = detector.detect(contrast, None)
    if not keypoints:
        return LocalFeatures(np.zeros((0, 2), np.float32), np.zeros((0, DESCRIPTOR), np.uint8), width)

    taken: dict[tuple[int, int], int] = {}
    ranks = {}
    by_response = sorted(range(len(keypoints)), key=lambda k: -keypoints[k].response)
    for k in by_response:
        x, y = keypoints[k].pt
        cell = int(x * GRID / size[0]), int(y * GRID / size[1])
        ranks[k] = taken.get(cell, 0)
        taken[cell] = ranks[k] + 1
    chosen = [keypoints[k] for k in sorted(by_response, key=ranks.__getitem__)[:FEATURES]]

    # Descriptors of these alone, which takes half as long as all.
    chosen, descriptors = detector.compute(contrast, chosen)
    points = np.array([keypoint.pt for keypoint in chosen], np.float32)
    points = (points + 0.5) * np.array([width / size[0], height / size[1]], np.float32) - 0.5
    return LocalFeatures(points.astype(np.float32), descriptors.astype(np.uint8), width)


def agreement(
    moving: np.ndarray, fixed: np.ndarray, moving_features: LocalFeatures, fixed_features: LocalFeatures
) -> Agreement:
    """Align two images by their features and compare their speckle.

    Args:
        moving: [H, W] uint8 grey image; flip it first if `moving_features` are those of the flipped image.
        fixed: [H, W] uint8 grey image of any size.
        moving_features: features of `moving`.
        fixed_features: features of `fixed`.
    """
    matrix = _align(moving_features, fixed_features)
    if matrix is None:
        return Agreement()
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale > 1:  # compare at the coarser resolution: details missing in one image cannot correlate
        moving, fixed, matrix, scale = fixed, moving, cv2.invertAffineTransform(matrix), 1 / scale
    return _compare(moving, fixed, matrix, scale)


def _even_contrast(grey: np.ndarray) -> np.ndarray:
    """Return `grey` ([H, W] uint8) with local mean and contrast normalised, independent of gain and brightness."""
    level = grey.astype(np.float32)
    level -= cv2.GaussianBlur(level, (0, 0), 8)
    spread = np.sqrt(cv2.GaussianBlur(level * level, (0, 0), 8))
    return np.clip(level / (spread + 4) * 40 + 128, 0, 255).astype(np.uint8)


def _align(moving: LocalFeatures, fixed: LocalFeatures) -> np.ndarray | None:
    """Return the [2, 3] affine matrix from `moving` to `fixed`, or None if there is no plausible one."""
    if len(moving.points) < 4 or len(fixed.points) < 4:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(moving.root_descriptors(), fixed.root_descriptors(), k=2)
    matches = [best for best, second in pairs if best.distance < MATCH_RATIO * second.distance]
    if len(matches) < 4:
        return None
    cv2.setRNGSeed(0)
    matrix, _ = cv2.estimateAffine2D(
        moving.points[[match.queryIdx for match in matches]],
        fixed.points[[match.trainIdx for match in matches]],
        method=cv2.RANSAC,
        ransacReprojThreshold=RANSAC_ERROR,
        maxIters=5000,
        confidence=0.999,
    )
    if matrix is None or not np.isfinite(matrix).all():
        return None
    large, small = np.linalg.svd(matrix[:, :2], compute_uv=False)
    plausible = np.linalg.det(matrix[:, :2]) > 0 and SCALES[0] < small and large < SCALES[1]
    return matrix if plausible and large < MAX_STRETCH * small else None


def _compare(fine: np.ndarray, coarse: np.ndarray, matrix: np.ndarray, scale: float) -> Agreement:
    """Warp `fine` onto `coarse` by `matrix`, which shrinks it by `scale` (at most 1), and correlate tile by tile."""
    height, width = coarse.shape
    if scale < 0.9:
        fine = cv2.GaussianBlur(fine, (0, 0), 0.5 * np.sqrt(1 / scale**2 - 1))  # avoids aliasing
    warped = cv2.warpAffine(fine, matrix, (width, height), flags=cv2.INTER_LINEAR)
    covered = cv2.warpAffine(np.ones_like(fine), matrix, (width, height), flags=cv2.INTER_NEAREST) > 0
    overlap = min(1.0, float(covered.sum() / min(coarse.size, fine.size * scale**2)))

    first, second = _texture(coarse), _texture(warped)
    correlations = []
    for top in range(SHIFT, height - TILE - SHIFT + 1, TILE):
        for left in range(SHIFT, width - TILE - SHIFT + 1, TILE):
            tile = np.s_[top : top + TILE, left : left + TILE]
            around = np.s_[top - SHIFT : top + TILE + SHIFT, left - SHIFT : left + TILE + SHIFT]
            if not covered[around].all():
                continue
            if min((np.abs(first[tile]) > 1).mean(), (np.abs(second[tile]) > 1).mean()) < TEXTURED:
                continue
            scores = cv2.matchTemplate(_clipped(second[around]), _clipped(first[tile]), cv2.TM_CCOEFF_NORMED)
            correlations.append(float(scores.max()))
    share = float(np.mean(np.array(correlations) > TILE_CORRELATION)) if correlations else 0.0
    return Agreement(share, len(correlations), overlap)


def _texture(grey: np.ndarray) -> np.ndarray:
    """Return the speckle of `grey` ([H, W] uint8) by a band-pass filter: [H, W] float32, centred at 0."""
    grey = grey.astype(np.float32)
    return cv2.GaussianBlur(grey, (0, 0), 0.8) - cv2.GaussianBlur(grey, (0, 0), 3.0)


def _clipped(texture: np.ndarray) -> np.ndarray:
    """Clip `texture` at 2.5 robust standard deviations, so that edges of callipers do not dominate."""
    limit = 2.5 * 1.4826 * float(np.median(np.abs(texture)))
    return np.clip(texture, -limit, limit)
