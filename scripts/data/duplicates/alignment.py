# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Do two ultrasound pictures show the same frame? Local features align them, speckle decides.

Speckle is an interference pattern: it repeats only when the very same frame is shown again (re-saved, cropped, scaled,
mirrored, brightened, annotated) and fades within a few frames once the probe moves. What the user interface burns into
a picture (text, logo, scale bar) may align two different frames, but it covers few tiles, so it cannot verify them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np

from ...errors import InputError

FEATURES = 250  # local features kept per picture
WORKING_SIDE = 400  # px, the longer side features are found at; SIFT itself is scale-invariant
GRID = 8  # features are spread over GRID x GRID cells, so that no logo or text line takes them all
MATCH_RATIO = 0.85  # nearest to second-nearest descriptor distance of a match
RANSAC_ERROR = 4.0  # px, of the target picture
SCALES = (0.2, 5.0)  # how far one picture may be enlarged against the other
MAX_STRETCH = 1.6  # how unequally the two axes may be scaled

TILE = 24  # px, in the coarser of the two pictures
SHIFT = 3  # px a tile may move to make up for an inexact alignment
TEXTURED = 0.4  # least share of a tile's pixels that carry texture: leaves out black borders and lone text strokes
TILE_CORRELATION = 0.6  # tiles of the same frame reach about 0.99, of another one about 0.1 to 0.3
MIN_SHARE = 0.5  # of the textured tiles that must correlate
MIN_TILES = 20  # textured tiles needed for a verdict
MIN_OVERLAP = 0.3  # of the smaller picture's area


@dataclass(frozen=True)
class LocalFeatures:
    """SIFT features of one picture.

    Attributes:
        points: [N, 2] float32, x and y in px of the picture, N <= `FEATURES`.
        descriptors: [N, 128] float16 RootSIFT descriptors of unit length.
        width: of the picture, px.
    """

    points: np.ndarray
    descriptors: np.ndarray
    width: int

    def mirrored(self) -> LocalFeatures:
        """Return the features of the picture flipped left to right.

        Flipping negates gradient angles and turns the 4 x 4 x 8 (row, column, angle) histogram upside down in the
        feature's own frame, so the descriptors only change places.
        """
        bins = self.descriptors.reshape(-1, 4, 4, 8)[:, ::-1, :, (8 - np.arange(8)) % 8]
        points = self.points.copy()
        points[:, 0] = self.width - 1 - points[:, 0]
        return LocalFeatures(points, np.ascontiguousarray(bins).reshape(-1, 128), self.width)


@dataclass(frozen=True)
class Agreement:
    """How well the speckle of two aligned pictures agrees.

    Attributes:
        share: of the textured tiles in the overlap that correlate, 0 to 1.
        tiles: number of textured tiles.
        overlap: overlapping area over the area of the smaller picture, 0 to 1.
    """

    share: float = 0.0
    tiles: int = 0
    overlap: float = 0.0

    @property
    def same_frame(self) -> bool:
        """Whether the two pictures show the same frame."""
        return self.share >= MIN_SHARE and self.tiles >= MIN_TILES and self.overlap >= MIN_OVERLAP


def opencv() -> ModuleType:
    """Return OpenCV.

    Raises:
        InputError: OpenCV is not installed.
    """
    try:
        import cv2
    except ImportError as error:
        raise InputError(
            "cv2: OpenCV is needed to look for near-identical images; "
            "install it with: pip install opencv-python-headless"
        ) from error
    return cv2


def local_features(grey: np.ndarray) -> LocalFeatures:
    """Find the features of `grey` ([H, W] uint8), the strongest of each part of the picture first."""
    cv2 = opencv()
    height, width = grey.shape
    zoom = min(1.0, WORKING_SIDE / max(grey.shape))
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if zoom < 1 else grey
    keypoints, descriptors = cv2.SIFT_create().detectAndCompute(_even_contrast(small), None)
    if descriptors is None:
        return LocalFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float16), width)

    taken: dict[tuple[int, int], int] = {}
    ranks = {}
    by_response = sorted(range(len(keypoints)), key=lambda k: -keypoints[k].response)
    for k in by_response:
        x, y = keypoints[k].pt
        cell = int(x * GRID / size[0]), int(y * GRID / size[1])
        ranks[k] = taken.get(cell, 0)
        taken[cell] = ranks[k] + 1
    chosen = sorted(by_response, key=ranks.__getitem__)[:FEATURES]

    points = np.array([keypoints[k].pt for k in chosen], np.float32)
    points = (points + 0.5) * np.array([width / size[0], height / size[1]], np.float32) - 0.5
    root = np.sqrt(descriptors[chosen] / np.maximum(descriptors[chosen].sum(1, keepdims=True), 1e-6))
    return LocalFeatures(points.astype(np.float32), root.astype(np.float16), width)


def agreement(
    moving: np.ndarray, fixed: np.ndarray, moving_features: LocalFeatures, fixed_features: LocalFeatures
) -> Agreement:
    """Align two pictures by their features and compare their speckle.

    Args:
        moving: [H, W] uint8 grey picture; flipped beforehand if `moving_features` are those of its mirror image.
        fixed: [H, W] uint8 grey picture, of any other size.
        moving_features: of `moving`.
        fixed_features: of `fixed`.
    """
    matrix = _align(moving_features, fixed_features)
    if matrix is None:
        return Agreement()
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale > 1:  # compare in the coarser picture: detail that the other one lost cannot correlate
        cv2 = opencv()
        moving, fixed, matrix, scale = fixed, moving, cv2.invertAffineTransform(matrix), 1 / scale
    return _compare(moving, fixed, matrix, scale)


def _even_contrast(grey: np.ndarray) -> np.ndarray:
    """Return `grey` ([H, W] uint8) with its local mean and contrast levelled, so gain and brightness play no part."""
    cv2 = opencv()
    level = grey.astype(np.float32)
    level -= cv2.GaussianBlur(level, (0, 0), 8)
    spread = np.sqrt(cv2.GaussianBlur(level * level, (0, 0), 8))
    return np.clip(level / (spread + 4) * 40 + 128, 0, 255).astype(np.uint8)


def _align(moving: LocalFeatures, fixed: LocalFeatures) -> np.ndarray | None:
    """Return the [2, 3] affine matrix that takes `moving` to `fixed`, or None where there is no sensible one."""
    if len(moving.points) < 4 or len(fixed.points) < 4:
        return None
    cv2 = opencv()
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(
        moving.descriptors.astype(np.float32), fixed.descriptors.astype(np.float32), k=2
    )
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
    sensible = np.linalg.det(matrix[:, :2]) > 0 and SCALES[0] < small and large < SCALES[1]
    return matrix if sensible and large < MAX_STRETCH * small else None


def _compare(fine: np.ndarray, coarse: np.ndarray, matrix: np.ndarray, scale: float) -> Agreement:
    """Warp `fine` onto `coarse` by `matrix`, which shrinks it by `scale` (at most 1), and correlate tile by tile."""
    cv2 = opencv()
    height, width = coarse.shape
    if scale < 0.9:
        fine = cv2.GaussianBlur(fine, (0, 0), 0.5 * np.sqrt(1 / scale**2 - 1))  # against aliasing
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
    """Return what of `grey` ([H, W] uint8) is as fine as speckle: [H, W] float32, grey levels about 0."""
    cv2 = opencv()
    grey = grey.astype(np.float32)
    return cv2.GaussianBlur(grey, (0, 0), 0.8) - cv2.GaussianBlur(grey, (0, 0), 3.0)


def _clipped(texture: np.ndarray) -> np.ndarray:
    """Clip `texture` at 2.5 robust standard deviations, so that a caliper's edge does not outweigh the speckle."""
    limit = 2.5 * 1.4826 * float(np.median(np.abs(texture)))
    return np.clip(texture, -limit, limit)
