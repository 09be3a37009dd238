# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which axes of a NIfTI or NRRD array are the rows and columns that a viewer shows, and which way they run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nibabel
import numpy as np

RIGHT_LEFT, BACK_FRONT, FEET_HEAD = 0, 1, 2  # axes of the patient


@dataclass(frozen=True)
class ShownAxes:
    """The images in an array of voxels.

    Attributes:
        shape: of the array.
        columns: the axis along which the columns of the images run.
        rows: the axis along which their rows run.
        further: axes whose positions count images.
        mirrored: whether columns and rows are stored in the reverse order.
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
        """Whether the images are transposed in the array, and whether its columns and rows are mirrored."""
        return (self.columns > self.rows, *self.mirrored)

    def indices(self) -> Iterator[tuple[Any, ...]]:
        """Yield the index of each image in the array, in the order in which the file has them."""
        lengths = [self.shape[axis] for axis in self.further]
        for number in range(self.count):
            index: list[Any] = [0] * len(self.shape)
            index[self.columns] = index[self.rows] = slice(None)
            for axis, position in zip(self.further, np.unravel_index(number, lengths, order="F") if lengths else ()):
                index[axis] = int(position)
            yield tuple(index)

    def shown(self, stored: np.ndarray) -> np.ndarray:
        """Return an image of the array, at one of `indices`, as rows and columns that a viewer shows."""
        image = stored.swapaxes(0, 1) if self.columns < self.rows else stored
        return image[self._order()]

    def stored(self, shown: np.ndarray) -> np.ndarray:
        """Return rows and columns as the array has them: the inverse of `shown`."""
        image = shown[self._order()]
        return image.T if self.columns < self.rows else image

    def shown_affine(self, affine: np.ndarray) -> np.ndarray:
        """Return the affine of images whose first axis runs along the shown columns and whose second along the rows.

        Args:
            affine: of the array, from its first three axes, to which columns and rows must belong.
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
    """Find the images in an array of voxels.

    Axes of length 1 are none of an image: (W, H, 1) is one of W×H. The first two others are its columns and rows, all
    beyond them count images. Where the affine tells directions, images are turned to how ultrasound is shown: rows from
    the front of the patient to the back (of a coronal plane from head to feet), columns from right to left.

    Args:
        shape: of the array.
        affine: from its first three axes to millimetres to the right, front and head of the patient (RAS), shape (4,
            4); None where the file has none.

    Raises:
        ValueError: it has fewer than two axes, or more than four that are longer than 1.
    """
    kept = list(range(len(shape)))
    for axis in reversed(range(len(shape))):
        if shape[axis] == 1 and len(kept) > 2:
            kept.remove(axis)
    if not 2 <= len(kept) <= 4:
        raise ValueError(f"its axes {' × '.join(map(str, shape))} are not those of an image or a stack")
    columns, rows, *further = kept
    mirrored = (False, False)
    directions = None if not tells_directions(affine) else nibabel.io_orientation(affine)
    if directions is not None and max(columns, rows) < 3 and np.isfinite(directions[[columns, rows]]).all():
        if (directions[columns, 0], directions[rows, 0]) in (
            (BACK_FRONT, RIGHT_LEFT),
            (BACK_FRONT, FEET_HEAD),
            (FEET_HEAD, RIGHT_LEFT),
        ):
            columns, rows = rows, columns
        mirrored = (bool(directions[columns, 1] > 0), bool(directions[rows, 1] > 0))
    return ShownAxes(tuple(shape), columns, rows, tuple(further), mirrored)


def tells_directions(affine: np.ndarray | None) -> bool:
    """Whether an affine, if there is one, tells how an image lies.

    Positive sizes on the diagonal without an origin, such as the identity, are what nibabel and MONAI write for an
    array of a picture, about which they know nothing; its rows are from top to bottom.
    """
    if affine is None or not np.isfinite(affine).all():
        return False
    is_diagonal = np.array_equal(affine[:3], np.diag(np.append(affine.diagonal()[:3], 1))[:3])
    return not (is_diagonal and (affine.diagonal()[:3] > 0).all())
