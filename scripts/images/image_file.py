# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A file with one or more ultrasound images in it, whatever its kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .shown_axes import ShownAxes

MAX_PIXELS = 64_000_000  # of one image; a screen has 2 to 8 million, and a damaged header can claim anything


class Software(NamedTuple):
    """What made a mask, for kinds of files that record it."""

    name: str
    version: str


@dataclass(frozen=True)
class Region:
    """A rectangle of an image that shows tissue, and the size of its pixels.

    Attributes:
        top, left, bottom, right: in pixels, the last two exclusive.
        spacing: height and width of a pixel in millimetres, None where it is not known.
        spacing_from: what tells the size of a pixel, or why it is not known.
        is_low_priority: whether a region that overlaps it covers it, whichever is smaller.
    """

    top: int
    left: int
    bottom: int
    right: int
    spacing: tuple[float, float] | None = None
    spacing_from: str = "an array has none"
    is_low_priority: bool = False

    @property
    def area(self) -> int:
        """Number of its pixels."""
        return (self.bottom - self.top) * (self.right - self.left)

    @property
    def box(self) -> tuple[slice, slice]:
        """The rectangle as an index of arrays of shape (rows, columns)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class ImageFile(ABC):
    """A file of images of one size, read one at a time.

    Attributes:
        path: the file.
        frames: number of images in it.
        shape: rows and columns of each.
        regions: where the images show tissue, at least one.
        mask_suffix: what the name of its mask file ends with.
        is_8_bit: whether its grey levels are whole numbers from 0 to 255, black and white.
        axes: where its images lie in an array of voxels, None where it has no such array.
        affine: of that array, from its axes to millimetres in the patient (RAS), shape (4, 4).
        cut_from: row and column of its first pixel in the image that it was cut from, None where it tells none.
    """

    path: Path
    frames: int
    shape: tuple[int, int]
    regions: tuple[Region, ...]
    mask_suffix: str
    is_8_bit: bool = False
    axes: ShownAxes | None = None
    affine: np.ndarray | None = None
    cut_from: tuple[int, int] | None = None

    @abstractmethod
    def read(self) -> Iterator[np.ndarray]:
        """Yield the grey levels of each image, float32, shape (rows, columns), larger is brighter.

        Raises:
            InputError: the file is damaged.
        """

    @abstractmethod
    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        """Write the masks of all images in the kind of this file.

        Args:
            path: the file to write.
            masks: bool, shape (rows, columns), one for each image, in their order.
            software: that made them.
        """

    def _take_shape(self, frames: int, rows: int, columns: int) -> None:
        """Set number and size of the images.

        Raises:
            InputError: there is none, or one is too large to be an image.
        """
        if min(frames, rows, columns) < 1 or rows * columns > MAX_PIXELS:
            raise InputError(
                f"{self.path}: {frames} images of {rows}×{columns} pixels; one to {MAX_PIXELS:,} pixels are expected"
            )
        self.frames, self.shape = frames, (rows, columns)

    def _take_spacing(self, spacing: tuple[float, float] | None, source: str) -> None:
        """Make the whole image its only region."""
        self.regions = (Region(0, 0, *self.shape, spacing, source),)


def measured_spacing(
    height: float, width: float, source: str, factor: float = 1
) -> tuple[tuple[float, float] | None, str]:
    """Return the size of a pixel, unless it is exactly 1×1: programs write that where they know no size.

    Args:
        height, width: of a pixel, positive, in any unit.
        source: what tells them.
        factor: millimetres of the unit.

    Returns:
        Height and width in millimetres or None, and what tells them or why they are not taken.
    """
    if height == width == 1:
        return None, f"exactly 1×1 in {source} is doubtful: programs that know no size write it; give --spacing"
    return (height * factor, width * factor), source


def as_grey_levels(array: np.ndarray, path: Path) -> np.ndarray:
    """Return an image as float32.

    Raises:
        InputError: some of its values are no numbers, or so large that even their range is none.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        grey = np.asarray(array, dtype=np.float32)
        if not np.isfinite(grey).all() or not np.isfinite(np.ptp(grey)):
            raise InputError(f"{path}: it has values that are not finite (NaN or infinity)")
    return grey
