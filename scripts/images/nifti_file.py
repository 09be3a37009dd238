# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read NIfTI images and stacks, and write their masks."""

from __future__ import annotations

import gzip
import logging
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

import nibabel
import numpy as np
from nibabel.arrayproxy import ArrayProxy
from nibabel.openers import ImageOpener

from ..errors import InputError
from ..files.scratch_file import ScratchFile
from .grey import colours_to_grey
from .image_file import ImageFile, Software, as_grey_levels, measured_spacing
from .limits import check_unpacked
from .shown_axes import ShownAxes, find_shown_axes

BLOCK = 2**20  # bytes per read
HEADER = 540  # bytes of a NIfTI-2 header; that of NIfTI-1 has 348
VECTORS = (1007, 2003, 2004)  # intent codes of several values per pixel: vector, RGB, RGBA
TEXTS = ("descrip", "aux_file", "intent_name", "db_name", "data_type")  # of a header; for people
MILLIMETRES = {"meter": 1000.0, "mm": 1.0, "micron": 0.001}


logging.getLogger("nibabel").setLevel(logging.CRITICAL)  # it logs every header value that it corrects


class NiftiFile(ImageFile):
    """A NIfTI file with one image or a stack of images, oriented by its affine (see `find_shown_axes`).

    The header's zooms are used as pixel spacing if the header has a unit of length.

    Args:
        path: ``.nii`` or ``.nii.gz``.

    Raises:
        InputError: the file is damaged, or its shape is not that of an image or a stack.
    """

    axes: ShownAxes

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._image, zooms = _open(path)
            self._dtype = self._image.get_data_dtype()
            sizes = self._image.shape
            # ITK stores colours along the fifth axis.
            is_vector = int(self._image.header["intent_code"]) in VECTORS and len(sizes) == 5 and sizes[4] in (3, 4)
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"{path}: cannot be read as NIfTI: {_reason(error)}") from None
        if not sizes or min(sizes) < 1:
            raise InputError(f"{path}: its shape {sizes} is not that of an image or a stack")
        try:
            self.axes = find_shown_axes(sizes[:4] if is_vector else sizes, self._image.affine)
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None
        self.affine = self._image.affine
        self._set_shape(self.axes.count, *self.axes.size)
        self._check_length()
        self.mask_suffix = ".nii.gz" if path.name.lower().endswith(".gz") else ".nii"
        self._set_spacing(*self._spacing(zooms[self.axes.rows], zooms[self.axes.columns]))

    def read(self) -> Iterator[np.ndarray]:
        for index in self.axes.indices():
            try:
                array = np.asanyarray(self._image.dataobj[index])
            except Exception as error:
                raise InputError(f"{self.path}: cannot be read: {_reason(error)}") from None
            array = self.axes.shown(array)
            if array.dtype.names:
                array = np.stack([array[name] for name in "RGB"], axis=-1)
            elif np.iscomplexobj(array):
                raise InputError(f"{self.path}: has complex values, must be grey levels")
            yield as_grey_levels(colours_to_grey(array) if array.ndim == 3 else array, self.path)

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        with ScratchFile("the masks") as scratch:  # a stack may not fit into memory
            scratch.reserve(math.prod(self.axes.shape))
            stack = np.memmap(scratch.file, dtype=np.uint8, mode="r+", shape=self.axes.shape, order="F")
            for index, mask in zip(self.axes.indices(), masks):
                stack[index] = self.axes.stored(mask)
            header = self._image.header.copy()
            header.set_data_dtype(np.uint8)
            header.set_slope_inter(1, 0)
            if self.axes.shape != self._image.shape:
                header.set_intent("none")  # a mask has no colours
            open_file = gzip.open if self.mask_suffix.endswith(".gz") else open
            with open_file(path, "wb") as output:
                type(self._image)(stack, None, header).to_stream(output)  # with the affine in the header, unchanged

    def anonymise(self, replaced: Callable[[str], str]) -> None:
        header = self._image.header
        for name in TEXTS:
            if name in header:
                header[name] = b""
        header.extensions.clear()  # they may hold a whole DICOM header

    def _spacing(self, height: float, width: float) -> tuple[tuple[float, float] | None, str]:
        """Return height and width of a pixel in millimetres, None if unknown, and their source or the reason."""
        try:
            unit = self._image.header.get_xyzt_units()[0]
        except KeyError:  # invalid code
            unit = "unknown"
        if unit not in MILLIMETRES:
            return None, "the NIfTI header has no unit: give --spacing"
        if not (np.isfinite([width, height]).all() and min(width, height) > 0):
            return None, f"the NIfTI header's zooms {width:g}, {height:g} are invalid: give --spacing"
        return measured_spacing(height, width, "NIfTI zooms", MILLIMETRES[unit])

    def _check_length(self) -> None:
        """Reject a file that is shorter than its header says, before any image is segmented."""
        proxy = cast(ArrayProxy, self._image.dataobj)
        expected = proxy.offset + _bytes(self._image.shape, self._dtype)
        length = 0
        if self.path.name.lower().endswith(".gz"):
            try:
                with gzip.open(self.path) as file:
                    # Read to the end, where the checksum is; nibabel stops after the last image.
                    while length < expected + BLOCK and (block := file.read(BLOCK)):
                        length += len(block)
            except (OSError, EOFError, zlib.error) as error:
                raise InputError(f"{self.path}: cannot be read as NIfTI: {_reason(error)}") from None
        else:
            length = self.path.stat().st_size
        if length < expected:
            raise InputError(f"{self.path}: is truncated: has {length:,} of {expected:,} bytes")


def _open(path: Path) -> tuple[nibabel.Nifti1Image, list[float]]:
    """Open a NIfTI file, whatever its name. nibabel checks little, so damaged files raise errors of any type.

    Returns:
        The image, and the voxel size along each axis as written in the header; nibabel changes 0 to 1, and -2 to 2.
    """
    with ImageOpener(str(path)) as file:
        start = file.read(HEADER)
    # Magic strings of NIfTI-1 and NIfTI-2 with header and data in one file.
    kinds = {b"n+1\0": nibabel.Nifti1Image, b"n+2\0": nibabel.Nifti2Image}
    kind = kinds.get(start[344:348], kinds.get(start[4:8]))
    if kind is None:
        raise InputError(f"{path}: is damaged, or not a single-file NIfTI-1 or NIfTI-2; convert it to one .nii file")
    header = kind.header_class(start[: kind.header_class.sizeof_hdr], check=False)
    if path.name.lower().endswith(".gz"):
        check_unpacked(path, size=int(header["vox_offset"]) + _bytes(header.get_data_shape(), header.get_data_dtype()))
    zooms = [float(size) for size in header["pixdim"][1:]]
    image = kind.from_file_map({"image": nibabel.FileHolder(filename=str(path))}, keep_file_open=True)
    return image, zooms


def _bytes(shape: Sequence[int], dtype: np.dtype) -> int:
    return dtype.itemsize * math.prod(map(int, shape))


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
