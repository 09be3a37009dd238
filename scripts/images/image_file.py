# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Common interface of image files of all formats."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .limits import check_shape
from .shown_axes import ShownAxes

IDENTIFIERS = ("study_instance_uid", "series_instance_uid", "sop_instance_uid")


class Software(NamedTuple):
    """The software that made a mask, for formats that record it."""

    name: str
    version: str


class MeasuredLesion(NamedTuple):
    """A lesion for formats that store measurements; points are (x, y) in pixels from the upper left corner.

    Attributes:
        outline: corners of its outer outline.
        diameters: longest and perpendicular diameter in millimetres.
        calipers: their end points.
        area: in square millimetres.
        confidence: mean lesion probability of its pixels, 0 to 1.
    """

    outline: Sequence[Sequence[float]]
    diameters: tuple[float, float]
    calipers: Sequence[Sequence[Sequence[float]]]
    area: float
    confidence: float


@dataclass(frozen=True)
class Region:
    """A rectangle of an image that shows tissue, with its pixel spacing.

    Attributes:
        top, left, bottom, right: in pixels; `bottom` and `right` are exclusive.
        spacing: height and width of a pixel in millimetres, None if unknown.
        spacing_from: source of the spacing, or the reason why it is unknown.
        is_low_priority: whether overlapping regions cover this one, whatever their size.
    """

    top: int
    left: int
    bottom: int
    right: int
    spacing: tuple[float, float] | None = None
    spacing_from: str = "no pixel spacing given"
    is_low_priority: bool = False

    @property
    def area(self) -> int:
        """Number of pixels."""
        return (self.bottom - self.top) * (self.right - self.left)

    @property
    def box(self) -> tuple[slice, slice]:
        """The rectangle as an index of arrays of shape (rows, columns)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class ImageFile(ABC):
    """A file with one or more images of the same size, which are read one at a time.

    Attributes:
        path: the file.
        frames: number of images.
        shape: rows and columns of each image.
        regions: regions that show tissue, at least one.
        mask_suffix: suffix of mask files in the same format.
        is_8_bit: whether grey levels are whole numbers from 0 (black) to 255 (white).
        axes: position of the images in the voxel array; None for formats without one.
        affine: affine of the voxel array, from voxels to millimetres in the patient (RAS), shape (4, 4).
        crop_offset: row and column of the first pixel in the image that this one was cropped from, None if unknown.
        stores_measurements: whether `write_measurements` has a format to write.
        identifiers: the UIDs of a DICOM instance by the names in `IDENTIFIERS`; empty for other formats.
        has_burned_in_text: whether the file says that texts of the patient may be in its pixels.
    """

    path: Path
    frames: int
    shape: tuple[int, int]
    regions: tuple[Region, ...]
    mask_suffix: str
    is_8_bit: bool = False
    axes: ShownAxes | None = None
    affine: np.ndarray | None = None
    crop_offset: tuple[int, int] | None = None
    stores_measurements: bool = False
    identifiers: Mapping[str, str] = MappingProxyType({})
    has_burned_in_text: bool = False

    @abstractmethod
    def read(self) -> Iterator[np.ndarray]:
        """Yield the grey levels of each image, float32, shape (rows, columns), larger is brighter.

        Raises:
            InputError: the file is damaged.
        """

    @abstractmethod
    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        """Write the masks of all images in the format of this file.

        Args:
            path: file to write.
            masks: bool, shape (rows, columns), one per image, in order.
            software: software that made the masks.
        """

    def write_measurements(self, path: Path, lesions: Sequence[MeasuredLesion], frame: int, software: Software) -> None:
        """Write the measurements of the lesions of one image, for formats with `stores_measurements`.

        Args:
            path: file to write.
            lesions: the lesions, at least one.
            frame: number of the image, from 1.
            software: software that measured.
        """
        raise NotImplementedError

    def anonymise(self, replaced: Callable[[str], str]) -> None:
        """Write nothing that identifies the patient from now on. Most formats' masks repeat nothing that could.

        Args:
            replaced: returns 32 hexadecimal digits that stand for a text, the same for the same text.

        Raises:
            InputError: the file is damaged.
        """
        return

    def _set_shape(self, frames: int, rows: int, columns: int) -> None:
        """Set number and size of the images.

        Raises:
            InputError: there is no image, or they are too many or too large.
        """
        check_shape(self.path, frames, rows, columns)
        self.frames, self.shape = frames, (rows, columns)

    def _set_spacing(self, spacing: tuple[float, float] | None, source: str) -> None:
        """Make the whole image the only region, with this spacing."""
        self.regions = (Region(0, 0, *self.shape, spacing, source),)


def measured_spacing(
    height: float, width: float, source: str, factor: float = 1
) -> tuple[tuple[float, float] | None, str]:
    """Return the pixel spacing, None if it is exactly 1×1, which programs write when they do not know it.

    Args:
        height, width: size of a pixel, positive, in any unit.
        source: where the size was read.
        factor: millimetres per unit.

    Returns:
        Height and width in millimetres or None, and their source or the reason why they are not used.
    """
    if height == width == 1:
        return None, f"exactly 1×1 in {source} is doubtful, many programs write it for an unknown size: give --spacing"
    return (height * factor, width * factor), source


def as_grey_levels(array: np.ndarray, path: Path) -> np.ndarray:
    """Return an image as float32.

    Raises:
        InputError: a value is not finite, or the range of the values is not finite in float32.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        grey = np.asarray(array, dtype=np.float32)
        if not np.isfinite(grey).all() or not np.isfinite(np.ptp(grey)):
            raise InputError(f"{path}: has values that are not finite (NaN or infinity)")
    return grey
