# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""NIfTI, an image or a stack of them."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nibabel
import numpy as np

from scripts.errors import InputError
from scripts.prediction.image_file import ImageFile, Region, Software, as_grey_levels

MILLIMETRES = {"meter": 1000.0, "mm": 1.0, "micron": 0.001}
# What nibabel raises on damaged files, which it reads with few checks.
DAMAGE = (OSError, EOFError, ValueError, TypeError, KeyError, OverflowError, MemoryError)


class NiftiFile(ImageFile):
    """A NIfTI file whose first axis runs along the width, as MONAI writes images; all further axes count images.

    Its zooms are sizes of pixels where the header has their unit.

    Args:
        path: ``.nii`` or ``.nii.gz``.

    Raises:
        InputError: it is damaged, or its axes are not those of images.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._image = nibabel.load(path, keep_file_open=True)
            self._dtype = self._image.get_data_dtype()
        except (nibabel.filebasedimages.ImageFileError, nibabel.spatialimages.HeaderDataError, *DAMAGE) as error:
            raise InputError(f"{path}: cannot be read as NIfTI: {_reason(error)}") from None
        if not isinstance(self._image, nibabel.Nifti1Image):  # of which NIfTI-2 is a kind
            raise InputError(f"{path}: is a pair of files or of an older format; convert it to one NIfTI file")
        sizes = self._image.shape
        if not 2 <= len(sizes) <= 4 or min(sizes) < 1:
            raise InputError(f"{path}: its axes {sizes} are not those of an image or a stack (2 to 4 axes)")
        self._take_shape(int(np.prod(sizes[2:], dtype=np.int64)), sizes[1], sizes[0])
        self._check_length()
        self.mask_suffix = ".nii.gz" if path.name.lower().endswith(".gz") else ".nii"
        self._take_spacing()

    def read(self) -> Iterator[np.ndarray]:
        for index in self._indices():
            try:
                array = np.asanyarray(self._image.dataobj[index])
            except DAMAGE as error:
                raise InputError(f"{self.path}: cannot be read: {_reason(error)}") from None
            if array.dtype.names:  # colours
                array = np.dot(np.stack([array[name] for name in "RGB"], axis=-1), (0.299, 0.587, 0.114))
            elif np.iscomplexobj(array):
                raise InputError(f"{self.path}: its values are complex numbers, not grey levels")
            yield as_grey_levels(array.T, self.path)

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        with tempfile.TemporaryFile() as file:  # a stack need not fit into memory
            stack = np.memmap(file, dtype=np.uint8, mode="w+", shape=self._image.shape, order="F")
            for index, mask in zip(self._indices(), masks):
                stack[index] = mask.T
            header = self._image.header.copy()
            header.set_data_dtype(np.uint8)
            header.set_slope_inter(1, 0)
            opened = gzip.open if self.mask_suffix.endswith(".gz") else open
            with opened(path, "wb") as written:
                type(self._image)(stack, self._image.affine, header).to_stream(written)

    def _indices(self) -> Iterator[tuple[Any, ...]]:
        """Index of each image, in the order in which the file has them."""
        further = self._image.shape[2:]
        for position in range(self.frames):
            yield (slice(None), slice(None), *np.unravel_index(position, further, order="F")) if further else (...,)

    def _take_spacing(self) -> None:
        unit = self._image.header.get_xyzt_units()[0]
        width, height = (float(zoom) for zoom in self._image.header.get_zooms()[:2])
        if unit not in MILLIMETRES:
            self.spacing_from = "the NIfTI header gives no unit: give --spacing"
        elif not (np.isfinite([width, height]).all() and min(width, height) > 0):
            self.spacing_from = f"the NIfTI header's zooms {width:g}, {height:g} are no sizes: give --spacing"
        else:
            spacing = (height * MILLIMETRES[unit], width * MILLIMETRES[unit])
            self.regions = (Region(0, 0, *self.shape, spacing),)
            self.spacing_from = "NIfTI zooms"

    def _check_length(self) -> None:
        """Refuse a file that is shorter than its header says, before any image of it is segmented."""
        if self.path.name.lower().endswith(".gz"):
            return  # told when it has been read that far
        proxy = self._image.dataobj
        needed = proxy.offset + self._dtype.itemsize * int(np.prod(self._image.shape, dtype=np.int64))
        if self.path.stat().st_size < needed:
            raise InputError(f"{self.path}: is cut off: {self.path.stat().st_size:,} of {needed:,} bytes")


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
