# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Decide which pixels of a mask are lesion, and reject files that are not masks.

A mask has two values, background and lesion. Compression and interpolation blur the border between them, so the
threshold is half of the maximum. Everything else is an error, because a wrong guess would silently spoil training and
evaluation.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter

from ..errors import InputError

# In the masks of BUSI, BrEaST and BUS-BRA (one value, clean), at most 0.58 of an image and 0.06 of its edge are lesion.
MAX_SHARE = 0.8  # largest fraction of the image that may be lesion
MAX_EDGE_SHARE = 0.6  # largest fraction of the outermost pixels that may be lesion
# Saved as JPEG of any quality, those masks have at least 0.94. Resized and blurred masks keep the lesion's area within
# 2 % if above 0.95, in 85 % of cases if above 0.85, and in 40 % if below 0.8. Ultrasound images have much less.
MIN_STABILITY = 0.85  # smallest Dice of the lesion at thresholds of a quarter and three quarters of the maximum
MAX_CODE = 31  # more than two whole numbers up to this are codes, not brightness
FEW_VALUES = 8  # a lossless file with at most this many values and areas of a middle value was drawn, not resampled
JPEG_NOISE = 64  # a maximum below this may be compression noise
LOSSY = ("JPEG", "MPO", "JPEG2000", "WEBP")


def lesion_pixels(values: np.ndarray, path: Path, lossy: bool = False) -> np.ndarray:
    """Decide which pixels of a mask are lesion.

    Args:
        values: pixel values of the file, shape (rows, columns).
        path: the file, for messages.
        lossy: whether the file's format is lossy.

    Returns:
        bool, shape (rows, columns); False everywhere if all values are 0.

    Raises:
        InputError: the file is not a mask, or it is unclear which pixels are lesion.
    """
    levels = _levels(values, path)
    low, high = float(levels[0]), float(levels[-1])
    if high == 0:
        return np.zeros(values.shape, dtype=bool)
    if low == high:
        raise InputError(f"{path}: every pixel of the mask has the value {high:g}; there is no background")
    if lossy and high < JPEG_NOISE:
        raise InputError(
            f"{path}: the mask's largest value is {high:g}, which lossy compression alters; save it as PNG"
        )
    if len(levels) == 2:
        lesion = values == levels[1]
    else:
        _require_two_values(values, levels, path, lossy)
        lesion = values > high / 2
    _require_background(lesion, path)
    return lesion


def picture_values(picture: Image.Image, path: Path) -> np.ndarray:
    """Convert a picture of a mask to one value for each pixel.

    The value of a colour is that of its strongest channel, so that a blue lesion is as bright as a white one.
    Transparent pixels are background: if all pixels have the same colour, the opacity is the mask; otherwise the
    picture is composed on black.

    Args:
        picture: picture of any mode, upright.
        path: its file, for messages.

    Returns:
        Array of shape (rows, columns) with the picture's bit depth.

    Raises:
        InputError: the picture is transparent everywhere, or has black on transparency.
    """
    if picture.mode.startswith(("I", "F")):  # deeper grey
        return np.asarray(picture)
    if not picture.has_transparency_data:
        if picture.mode in ("1", "L"):
            return np.asarray(picture.convert("L"))
        return np.asarray(picture.convert("RGB")).max(axis=-1)
    pixels = np.asarray(picture.convert("RGBA"))
    colours, opacity = pixels[..., :3], pixels[..., 3]
    if not opacity.any():
        raise InputError(f"{path}: the mask is transparent everywhere")
    if (opacity == opacity.flat[0]).all():
        return colours.max(axis=-1)
    if (colours == colours[0, 0]).all():
        return opacity
    on_black: np.ndarray = np.round(colours.max(axis=-1) * (opacity / 255)).astype(np.uint8)
    if not on_black.any():
        raise InputError(f"{path}: the mask has black on transparency; draw lesions white on black")
    return on_black


def _levels(values: np.ndarray, path: Path) -> np.ndarray:
    """Return the distinct values, sorted."""
    if values.dtype == np.uint8:  # counting them is much faster than sorting
        return np.flatnonzero(np.bincount(values.ravel(), minlength=256))
    levels = np.unique(values)
    if not np.isfinite(levels).all() or levels[0] < 0:
        raise InputError(f"{path}: the mask has negative or non-finite values; it must have 0 and one other value")
    return levels


def _require_two_values(values: np.ndarray, levels: np.ndarray, path: Path, lossy: bool) -> None:
    """Raise if the values are not explained by compression or interpolation of two values."""
    high = float(levels[-1])
    whole = bool((levels == np.round(levels)).all())
    if whole and high <= MAX_CODE:
        listed = ", ".join(f"{level:g}" for level in levels[:10])
        raise InputError(
            f"{path}: the mask has the values {listed}, and it is unclear which are lesion; "
            "give all lesions one value on a background of 0"
        )
    bright = values * (255 / high)
    if len(levels) <= FEW_VALUES and not lossy:
        areas = _areas(bright, 3) & (bright > 0) & (bright < 252)
    else:
        areas = _areas(np.round(bright), 5) & (bright >= 32) & (bright <= 223)
    if areas.any():
        middle = float(values[areas].flat[0])
        raise InputError(
            f"{path}: the mask has areas of the value {middle:g} besides 0 and {high:g}, and it is unclear whether "
            "they are lesion; give all lesions one value on a background of 0"
        )
    wide, narrow = (bright > 255 / 4).sum(), (bright > 255 * 3 / 4).sum()
    if 2 * narrow < MIN_STABILITY * (wide + narrow):
        raise InputError(
            f"{path}: not a mask: it has {len(levels)} grey levels instead of two; the lesion has {wide} pixels at a "
            f"threshold of a quarter of the maximum, and {narrow} at three quarters"
        )


def _areas(values: np.ndarray, side: int) -> np.ndarray:
    """Return the pixels in the middle of a square of equal values, `side` pixels wide."""
    inside = (slice(side // 2, -(side // 2)),) * 2
    flat = np.zeros(values.shape, dtype=bool)
    flat[inside] = (maximum_filter(values, side) == minimum_filter(values, side))[inside]
    return flat


def _require_background(lesion: np.ndarray, path: Path) -> None:
    """Raise if nearly everything is lesion."""
    edge = np.concatenate([lesion[0], lesion[-1], lesion[:, 0], lesion[:, -1]])
    if lesion.mean() > MAX_SHARE or edge.mean() > MAX_EDGE_SHARE:
        raise InputError(
            f"{path}: in this mask {lesion.mean():.0%} of the image and {edge.mean():.0%} of its edge are lesion; "
            "is it inverted? Lesions must be white on black"
        )
