# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which pixels of a mask are lesion, and which files are no masks: decided here and nowhere else.

A mask has two values, background and lesion. Compression and interpolation blur the border between them, so it is cut
at half of the maximum. Anything else that a mask might mean is refused, since a wrong guess would be taught and judged
by in silence.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter

from ..errors import InputError

# Measured on the masks of BUSI, BrEaST and BUS-BRA (one value, clean): at most 0.58 of an image and 0.06 of its edge
# are lesion.
MAX_SHARE = 0.8  # of the image that may be lesion
MAX_EDGE_SHARE = 0.6  # of the image's outermost pixels that may be
# Those masks saved as JPEG of any quality have 0.94 or more. Resized and blurred ones keep the lesion's area within 2 %
# from 0.95 on, in 85 % of cases from 0.85 on and in 40 % below 0.8; an ultrasound image has much less.
MIN_STABILITY = 0.85  # Dice of the lesion cut at a quarter and at three quarters of the maximum
MAX_CODE = 31  # whole numbers up to this with more than two of them are codes, not brightness
FEW_VALUES = 8  # a lossless file with no more values is drawn, not resampled, if it has areas of one middle value
JPEG_NOISE = 64  # a maximum below this is not told from the noise of compression
LOSSY = ("JPEG", "MPO", "JPEG2000", "WEBP")


def lesion_pixels(values: np.ndarray, path: Path, lossy: bool = False) -> np.ndarray:
    """Decide which pixels of a mask are lesion.

    Args:
        values: one number a pixel, shape (rows, columns), as a file has them.
        path: the file, named in messages.
        lossy: whether the file's format alters values.

    Returns:
        bool, shape (rows, columns); nothing is lesion where all values are 0.

    Raises:
        InputError: it is no mask, or what is lesion in it cannot be told.
    """
    levels = _levels(values, path)
    low, high = float(levels[0]), float(levels[-1])
    if high == 0:
        return np.zeros(values.shape, dtype=bool)
    if low == high:
        raise InputError(f"{path}: every pixel of this mask has the value {high:g}; there is no background")
    if lossy and high < JPEG_NOISE:
        raise InputError(
            f"{path}: the values of this mask reach only {high:g}, which lossy compression alters; save it as PNG"
        )
    if len(levels) == 2:
        lesion = values == levels[1]
    else:
        _require_two_values(values, levels, path, lossy)
        lesion = values > high / 2
    _require_background(lesion, path)
    return lesion


def picture_values(picture: Image.Image, path: Path) -> np.ndarray:
    """Return one number for each pixel of a picture that is a mask.

    Colours count by their strongest channel, so that a lesion in blue is as bright as one in white. Where a picture is
    partly transparent, the background is: over one colour the opacity is the mask, else the picture is laid on black.

    Args:
        picture: of any mode, upright.
        path: its file, named in messages.

    Returns:
        Shape (rows, columns), of the picture's own depth.

    Raises:
        InputError: it is transparent everywhere, or black is drawn on transparency.
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
        raise InputError(f"{path}: this mask is transparent everywhere")
    if (opacity == opacity.flat[0]).all():
        return colours.max(axis=-1)
    if (colours == colours[0, 0]).all():
        return opacity
    on_black: np.ndarray = np.round(colours.max(axis=-1) * (opacity / 255)).astype(np.uint8)
    if not on_black.any():
        raise InputError(f"{path}: this mask has black on transparency; draw lesions white on black")
    return on_black


def _levels(values: np.ndarray, path: Path) -> np.ndarray:
    """Return the different values, in order."""
    if values.dtype == np.uint8:  # counting them is much faster than sorting
        return np.flatnonzero(np.bincount(values.ravel(), minlength=256))
    levels = np.unique(values)
    if not np.isfinite(levels).all() or levels[0] < 0:
        raise InputError(f"{path}: this mask has values that are negative or no numbers; 0 and one other are expected")
    return levels


def _require_two_values(values: np.ndarray, levels: np.ndarray, path: Path, lossy: bool) -> None:
    """Refuse more values than compression or interpolation makes of two."""
    high = float(levels[-1])
    whole = bool((levels == np.round(levels)).all())
    if whole and high <= MAX_CODE:
        listed = ", ".join(f"{level:g}" for level in levels[:10])
        raise InputError(
            f"{path}: this mask has the values {listed}, and which of them are lesion cannot be told; "
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
            f"{path}: this mask has areas of the value {middle:g} beside 0 and {high:g}, and whether those are lesion "
            "cannot be told; give all lesions one value on a background of 0"
        )
    wide, narrow = (bright > 255 / 4).sum(), (bright > 255 * 3 / 4).sum()
    if 2 * narrow < MIN_STABILITY * (wide + narrow):
        raise InputError(
            f"{path}: this is no mask: it has {len(levels)} grey levels, not two, and the lesion cut at a quarter of "
            f"the maximum has {wide} pixels, at three quarters {narrow}"
        )


def _areas(values: np.ndarray, side: int) -> np.ndarray:
    """Return the pixels that are in the middle of a square of one value, `side` wide."""
    inside = (slice(side // 2, -(side // 2)),) * 2
    flat = np.zeros(values.shape, dtype=bool)
    flat[inside] = (maximum_filter(values, side) == minimum_filter(values, side))[inside]
    return flat


def _require_background(lesion: np.ndarray, path: Path) -> None:
    """Refuse a lesion over nearly everything."""
    edge = np.concatenate([lesion[0], lesion[-1], lesion[:, 0], lesion[:, -1]])
    if lesion.mean() > MAX_SHARE or edge.mean() > MAX_EDGE_SHARE:
        raise InputError(
            f"{path}: this mask calls {lesion.mean():.0%} of the image and {edge.mean():.0%} of its edge lesion; "
            "is it inverted? Lesions are white on black"
        )
