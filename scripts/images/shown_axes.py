# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find the image axes of a NIfTI or NRRD array and their directions, so that images are shown as in a viewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

RIGHT_LEFT, BACK_FRONT, FEET_HEAD = 0, 1, 2  # axes of the patient


@dataclass(frozen=True)
class ShownAxes:
    """Position and orientation of the images in a voxel array.

    Attributes:
        shape: shape of the array.
        columns: axis of the image columns.
        rows: axis of the image rows.
        further: other axes, along which the images are stacked.
        mirrored: whether columns and rows are stored in reverse order.
    """

    shape: tuple[int, ...]
    columns: int
    rows: int
    further: tuple[int, ...] = ()
    mirrored: tuple[bool, bool] = (False, False)

    @property
    def count(self) -> int:
        """Number of images."""
        return int(np.prod([self.shape[axis] for axis in self.further], dtype=np.int64))

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of each image."""
        return self.shape[self.rows], self.shape[self.columns]

    @property
    def turns(self) -> tuple[bool, bool, bool]:
        """Whether the stored images are transposed, and whether their columns and rows are reversed."""
        return (self.columns > self.rows, *self.mirrored)

    def indices(self) -> Iterator[tuple[Any, ...]]:
        """Yield the index of each image in the array, in the order of the file."""
        lengths = [self.shape[axis] for axis in self.further]
        for number in range(self.count):
            index: list[Any] = [0] * len(self.shape)
            index[self.columns] = index[self.rows] = slice(None)
            for axis, position in zip(self.further, np.unravel_index(number, lengths, order="F") if lengths else ()):
                index[axis] = int(position)
            yield tuple(index)

    def shown(self, stored: np.ndarray) -> np.ndarray:
        """Return an image of the array (at one of `indices`) as a viewer shows it, shape (rows, columns)."""
        image = stored.swapaxes(0, 1) if self.columns < self.rows else stored
        return image[self._order()]

    def stored(self, shown: np.ndarray) -> np.ndarray:
        """Return an image as it is stored in the array: the inverse of `shown`."""
        image = shown[self._order()]
        return image.T if self.columns < self.rows else image

    def shown_affine(self, affine: np.ndarray) -> np.ndarray:
        """Return the affine of the shown images, with the columns as first axis and the rows as second.

        Args:
            affine: affine of the array; columns and rows must be among its first three axes.
        """
        first, second = self.columns, self.rows
        (third,) = {0, 1, 2} - {first, second}
        result = np.array(affine, dtype=np.float64)[:, [first, second, third, 3]]
        for axis, (mirrored, length) in enumerate(zip(self.mirrored, (self.shape[first], self.shape[second]))):
            if mirrored:
                result[:3, 3] += result[:3, axis] * (length - 1)
                result[:3, axis] *= -1
        return result

    def _order(self) -> tuple[slice, slice]:
        columns, rows = (slice(None, None, -1 if mirrored else 1) for mirrored in self.mirrored)
        return rows, columns


def find_shown_axes(shape: Sequence[int], affine: np.ndarray | None) -> ShownAxes:
    """Find the images in a voxel array.

    Axes of length 1 are ignored: (W, H, 1) is one image of W×H. The first two other axes are columns and rows, the rest
    stack images. If the affine has an orientation, images are turned as ultrasound is usually shown: rows from anterior
    to posterior (in a coronal plane from superior to inferior), columns from right to left of the patient.

    Args:
        shape: shape of the array.
        affine: affine of its first three axes to millimetres (RAS), shape (4, 4); None if the file has none.

    Raises:
        ValueError: the array has fewer than two axes, or more than four longer than 1.
    """
    kept = list(range(len(shape)))
    for axis in reversed(range(len(shape))):
        if shape[axis] == 1 and len(kept) > 2:
            kept.remove(axis)
    if not 2 <= len(kept) <= 4:
        raise ValueError(f"its shape {' × '.join(map(str, shape))} is not that of an image or a stack")
    columns, rows, *further = kept
    mirrored = (False, False)
    directions = _directions(affine) if has_orientation(affine) else None
    if directions is not None and max(columns, rows) < 3 and np.isfinite(directions[[columns, rows]]).all():
        if (directions[columns, 0], directions[rows, 0]) in (
            (BACK_FRONT, RIGHT_LEFT),
            (BACK_FRONT, FEET_HEAD),
            (FEET_HEAD, RIGHT_LEFT),
        ):
            columns, rows = rows, columns
        mirrored = (bool(directions[columns, 1] > 0), bool(directions[rows, 1] > 0))
    return ShownAxes(tuple(shape), columns, rows, tuple(further), mirrored)


def _directions(affine: np.ndarray | None) -> np.ndarray:
    """Return the axis of the patient that each axis of an array is nearest to, and its direction."""
    import nibabel  # slow, and only needed for NIfTI and NRRD

    return np.asarray(nibabel.io_orientation(affine))


def has_orientation(affine: np.ndarray | None) -> bool:
    """Return whether an affine holds a real orientation.

    nibabel and MONAI write a positive diagonal without origin, such as the identity, for arrays of unknown orientation,
    such as pictures; their rows run from top to bottom.
    """
    if affine is None or not np.isfinite(affine).all():
        return False
    is_diagonal = np.array_equal(affine[:3], np.diag(np.append(affine.diagonal()[:3], 1))[:3])
    return not (is_diagonal and (affine.diagonal()[:3] > 0).all())
