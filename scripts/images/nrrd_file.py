# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read NRRD images (.nrrd) and 3D Slicer segmentations (.seg.nrrd), and write their masks."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import nrrd
import numpy as np

from ..errors import InputError
from .grey import colours_to_grey
from .image_file import ImageFile, Software, as_grey_levels, measured_spacing
from .limits import check_unpacked
from .shown_axes import ShownAxes, find_shown_axes

COLOUR_KINDS = ("rgb-color", "rgba-color", "3-color", "4-color", "vector", "3-vector", "4-vector")
SPATIAL_KINDS = ("domain", "space")
SIDES = {"right", "left", "anterior", "posterior", "superior", "inferior", "time"}
ABBREVIATED = 4  # letters, such as LPST
KNOWN_KINDS = (*COLOUR_KINDS, *SPATIAL_KINDS, "time", "list", "none")
COPIED = ("space", "space dimension", "space origin", "space units", "measurement frame")  # to the header of a mask

UNPACKERS: dict[str, Any] = {"gzip": gzip.open, "gz": gzip.open, "bzip2": bz2.open, "bz2": bz2.open}
BLOCK = 2**20  # bytes per read
# Millimetres of each unit; without one they are millimetres, as ITK and 3D Slicer write them.
LENGTHS = {
    **dict.fromkeys(("", "mm", "millimeter", "millimeters", "millimetre", "millimetres"), 1.0),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 10.0),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1000.0),
    **dict.fromkeys(("um", "micron", "microns", "micrometer", "micrometers"), 0.001),
}
OFFSET = "Segmentation_ReferenceImageExtentOffset"  # 3D Slicer may crop a segmentation to its segments


class NrrdFile(ImageFile):
    """An NRRD file with one image or a stack of images, oriented by its space directions (see `find_shown_axes`).

    Several values per pixel are colours, or the layers of a segmentation, whose union is read.

    Args:
        path: NRRD file with header and data.

    Raises:
        InputError: the file is damaged, has its data in another file, or its shape is not that of an image or a stack.
    """

    mask_suffix = ".nrrd"
    axes: ShownAxes

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._header = nrrd.read_header(file)
                self._data_start = file.tell()
            if {"data file", "datafile"} & self._header.keys():
                raise InputError(f"{path}: its data is in another file; save it as one .nrrd file")
            self._check_bytes()
            sizes = [int(size) for size in self._header["sizes"]]
            directions, affine = _directions(self._header, len(sizes))
            self._value_axes = [axis for axis in range(len(sizes)) if _is_value_axis(self._header, axis)]
        except InputError:
            raise
        except Exception as error:  # pynrrd checks little, so damaged files raise errors of any type
            raise self._damaged(error) from None
        if not sizes or min(sizes) < 1:
            raise InputError(f"{path}: its shape {' × '.join(map(str, sizes))} is not that of an image or a stack")
        self._spatial = [axis for axis in range(len(sizes)) if axis not in self._value_axes]
        try:
            if len(self._value_axes) > 1:
                raise ValueError(f"more than one axis of its shape {' × '.join(map(str, sizes))} is not spatial")
            self.axes = find_shown_axes([sizes[axis] for axis in self._spatial], affine)
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None
        self.affine = affine
        self._set_shape(self.axes.count, *self.axes.size)
        shown = [self._spatial[axis] for axis in (self.axes.rows, self.axes.columns)]
        self._set_spacing(*_spacing(self._header, shown, [directions[axis] for axis in shown]))
        offset = _whole_numbers(self._header.get(OFFSET, ""))
        if len(offset) == len(self._spatial) and not any(self.axes.turns):
            self.crop_offset = (offset[self.axes.rows], offset[self.axes.columns])

    def read(self) -> Iterator[np.ndarray]:
        try:
            with self.path.open("rb") as file:
                file.seek(self._data_start)
                array = nrrd.read_data(self._header, file, str(self.path))
        except Exception as error:
            raise self._damaged(error) from None
        if self._value_axes:
            array = self._merge_values(np.moveaxis(array, self._value_axes[0], -1))
        for index in self.axes.indices():
            grey = self.axes.shown(array[index])
            yield as_grey_levels(colours_to_grey(grey) if grey.ndim == 3 else grey, self.path)

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        stack = np.zeros(self.axes.shape, dtype=np.uint8, order="F")
        for index, mask in zip(self.axes.indices(), masks):
            stack[index] = self.axes.stored(mask)
        header: dict[str, Any] = {name: self._header[name] for name in COPIED if name in self._header}
        if "space dimension" in header and "space" in header:
            del header["space dimension"]  # NRRD allows only one of them
        for name in ("kinds", "space directions", "spacings", "units"):
            if name in self._header:
                header[name] = [self._header[name][axis] for axis in self._spatial]
        if "space directions" in header:
            header["space directions"] = np.array(header["space directions"])
        with path.open("wb") as file:
            nrrd.write(file, stack, header)

    def anonymise(self, replaced: Callable[[str], str]) -> None:
        for name in ("space units", "units"):
            if not set(map(_plain, self._header.get(name, ()))) <= LENGTHS.keys():
                self._header.pop(name)  # any text
        if "kinds" in self._header:
            self._header["kinds"] = [
                kind if str(kind).lower() in KNOWN_KINDS else "???" for kind in self._header["kinds"]
            ]
        space = str(self._header.get("space", ""))
        if len(space) > ABBREVIATED and not SIDES.issuperset(space.lower().split("-")):
            raise InputError(f"{self.path}: its space is unknown and may be any text, so its mask cannot be anonymised")

    def _check_bytes(self) -> None:
        """Reject data that unpacks to too much, and skips beyond the file, which would take pynrrd days."""
        for name in ("line skip", "lineskip"):
            if (lines := self._header.get(name, 0)) > self.path.stat().st_size:
                raise InputError(f"{self.path}: its {name} of {lines:,} is beyond the end of the file")
        opener = UNPACKERS.get(str(self._header.get("encoding")))
        if opener is None:
            return
        with self.path.open("rb") as file:
            file.seek(self._data_start)
            with opener(file) as unpacked, suppress(OSError, EOFError, zlib.error):  # damaged; `read` says so
                check_unpacked(self.path, iter(partial(unpacked.read, BLOCK), b""))

    def _merge_values(self, array: np.ndarray) -> np.ndarray:
        """Return an array whose last axis holds the values of a pixel, without this axis unless they are colours."""
        kind, count = _kind(self._header, self._value_axes[0]), array.shape[-1]
        if count == 1:
            return array[..., 0]
        if any(name.startswith("Segment0") for name in self._header):
            return array.max(axis=-1)
        if kind in ("", "none", "???", *COLOUR_KINDS) and count in (3, 4):
            return array
        raise InputError(f"{self.path}: has {count} values per pixel (kind {kind}), must have grey levels or colours")

    def _damaged(self, error: Exception) -> InputError:
        reason = " ".join((str(error) or type(error).__name__).split())
        return InputError(f"{self.path}: cannot be read as NRRD: {reason}")


def _kind(header: dict[str, Any], axis: int) -> str:
    kinds = header.get("kinds")
    return str(kinds[axis]).lower() if kinds is not None and axis < len(kinds) else ""


def _is_value_axis(header: dict[str, Any], axis: int) -> bool:
    """Return whether an axis holds the values of a pixel: it is not spatial, by direction or by kind, and not time."""
    kind = _kind(header, axis)
    if "space directions" in header:
        return _direction(header, axis) is None and kind != "time"
    return kind not in ("", "time", "???", "none", "list", *SPATIAL_KINDS)


def _direction(header: dict[str, Any], axis: int) -> np.ndarray | None:
    directions = header.get("space directions")
    if directions is None or directions[axis] is None or not np.isfinite(np.asarray(directions[axis], float)).all():
        return None
    return np.asarray(directions[axis], float)


def _directions(header: dict[str, Any], count: int) -> tuple[list[np.ndarray | None], np.ndarray | None]:
    """Return the step along each axis, None if unknown, and the affine (RAS), None if unknown."""
    if "space directions" not in header:
        spacings = np.asarray(header.get("spacings", [np.nan] * count), float)
        return [np.array([size]) if np.isfinite(size) else None for size in spacings], None
    steps = [_direction(header, axis) for axis in range(count)]
    signs = _signs_to_ras(str(header.get("space", "")))
    spatial = [step for axis, step in enumerate(steps) if not _is_value_axis(header, axis)][:3]
    if signs is None or any(step is None or len(step) != 3 for step in spatial):
        return steps, None
    affine = np.eye(4)
    for axis, step in enumerate(spatial):
        affine[:3, axis] = signs * step
    affine[:3, 3] = signs * np.asarray(header.get("space origin", np.zeros(3)), float)
    return steps, affine


def _signs_to_ras(space: str) -> np.ndarray | None:
    """Return the factors, 1 or -1, that convert coordinates of a named space to RAS, None for other spaces."""
    words = space.lower().split("-")[:3]
    if len(words) == 1 and len(words[0]) in (3, 4):  # RAS, LPST
        words = list(words[0][:3])
    ends = [word[:1] for word in words]
    if len(ends) != 3 or ends[0] not in "rl" or ends[1] not in "ap" or ends[2] not in "si":
        return None
    return np.array([1 if end in "ras" else -1 for end in ends], float)


def _spacing(
    header: dict[str, Any], axes: Sequence[int], steps: Sequence[np.ndarray | None]
) -> tuple[tuple[float, float] | None, str]:
    """Return height and width of a pixel in millimetres or None, and their source or the reason.

    Args:
        header: the header.
        axes: the axes that are shown as rows and columns.
        steps: their steps, from `_directions`.
    """
    height, width = (float(np.linalg.norm(step)) if step is not None else np.nan for step in steps)
    if not all(np.isfinite(size) and size > 0 for size in (height, width)):
        return None, "the NRRD header has no pixel spacing: give --spacing"
    if "space directions" in header:
        field, units = "space directions", header.get("space units", ())  # a direction is in all units of the space
    else:
        field, units = "spacings", [unit for axis, unit in enumerate(header.get("units", ())) if axis in axes]
    names = set(map(_plain, units)) or {""}
    if len(names) > 1 or not names <= LENGTHS.keys():
        return None, "the units in the NRRD header are not of length, or differ: give --spacing"
    return measured_spacing(height, width, f"NRRD {field}", LENGTHS[names.pop()])


def _plain(unit: Any) -> str:
    return str(unit).strip().lower()


def _whole_numbers(text: str) -> list[int]:
    words = str(text).split()
    return [int(word) for word in words] if all(word.lstrip("-").isdecimal() for word in words) else []
