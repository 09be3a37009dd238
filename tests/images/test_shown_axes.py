# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""However a volume is stored, its affine brings its image to the rows and columns that a viewer shows."""

from __future__ import annotations

from itertools import permutations, product

import nibabel
import numpy as np
import pytest

from scripts.images.shown_axes import find_shown_axes, has_orientation

IMAGE = np.arange(5 * 7).reshape(5, 7)  # rows, columns
LEFT, BACK, FEET, HEAD = (-1, 0, 0), (0, -1, 0), (0, 0, -1), (0, 0, 1)
# How ultrasound is shown: the way that columns run, that rows run, and what is left.
PLANES = {"transverse": (LEFT, BACK, HEAD), "sagittal": (FEET, BACK, LEFT), "coronal": (LEFT, FEET, BACK)}


def affine_of(columns, rows, third, sizes=(0.2, 0.3, 1.0), origin=(5, -7, 3)):
    """Of an array whose first axis runs along the columns of `IMAGE`, and whose second along its rows."""
    affine = np.eye(4)
    affine[:3, :3] = np.stack([columns, rows, third], axis=1) * np.array(sizes)
    affine[:3, 3] = origin
    return affine


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("flips", list(product([False, True], repeat=3)))
def test_any_order_and_direction_of_axes(plane, order, flips):
    volume = nibabel.Nifti1Image(IMAGE.T[..., None].astype(np.int32), affine_of(*PLANES[plane]))
    orientation = np.array([[axis, -1 if flip else 1] for axis, flip in zip(order, flips)])
    stored = volume.as_reoriented(orientation)
    axes = find_shown_axes(stored.shape, stored.affine)
    (index,) = axes.indices()
    array = np.asarray(stored.dataobj)
    assert axes.size == IMAGE.shape
    assert (axes.shown(array[index]) == IMAGE).all()
    assert (axes.stored(IMAGE) == array[index]).all()
    shown = axes.shown_affine(stored.affine)
    for row, column in ((0, 0), (4, 0), (2, 6)):  # a place in the patient is the same before and after
        there = volume.affine @ [column, row, 0, 1]
        assert np.allclose(shown @ [column, row, 0, 1], there)


def test_oblique_axes_are_those_that_they_are_closest_to():
    angle = np.deg2rad(30)
    columns = (-np.cos(angle), np.sin(angle), 0)
    rows = (-np.sin(angle), -np.cos(angle), 0)
    assert find_shown_axes((7, 5), affine_of(columns, rows, HEAD)).turns == (False, False, False)
    upwards = tuple(-value for value in rows)
    assert find_shown_axes((7, 5), affine_of(columns, upwards, HEAD)).turns == (False, False, True)


@pytest.mark.parametrize(
    "affine, tells",
    [
        (np.eye(4), False),
        (np.diag([0.2, 0.1, 1, 1]), False),
        (np.diag([-1, -1, 1, 1]), True),  # of ITK
        (np.diag([-1, 1, 1, 1]), True),
        (affine_of((1, 0, 0), (0, 1, 0), HEAD), True),  # an origin: someone turned it so
        (np.full((4, 4), np.nan), False),
        (None, False),
    ],
)
def test_an_affine_of_sizes_alone_tells_no_directions(affine, tells):
    assert has_orientation(affine) is tells
    turns = find_shown_axes((7, 5), affine).turns
    assert turns == (False, False, False) or tells


@pytest.mark.parametrize(
    "shape, columns, rows, further",
    [
        ((7, 5), 0, 1, ()),
        ((7, 5, 1), 0, 1, ()),
        ((7, 5, 1, 1), 0, 1, ()),
        ((1, 7, 5), 1, 2, ()),
        ((7, 1, 5), 0, 2, ()),
        ((7, 5, 3), 0, 1, (2,)),
        ((7, 5, 1, 3), 0, 1, (3,)),
        ((7, 5, 2, 3), 0, 1, (2, 3)),
        ((7, 5, 1, 1, 1), 0, 1, ()),
        ((7, 1), 0, 1, ()),
        ((7, 1, 1), 0, 1, ()),
        ((1, 1), 0, 1, ()),
    ],
)
def test_axes_of_length_1_are_dropped(shape, columns, rows, further):
    axes = find_shown_axes(shape, None)
    assert (axes.columns, axes.rows, axes.further) == (columns, rows, further)
    assert axes.size == (shape[rows], shape[columns])
    array = np.arange(np.prod(shape)).reshape(shape, order="F")
    images = [axes.shown(array[index]) for index in axes.indices()]
    assert len(images) == axes.count == np.prod([shape[axis] for axis in further], dtype=int)
    assert (np.concatenate([image.ravel() for image in images]) == np.arange(array.size)).all()


@pytest.mark.parametrize("shape", [(7,), (7, 5, 2, 3, 2), (7, 5, 2, 1, 3, 2)])
def test_other_numbers_of_axes_are_refused_with_their_lengths(shape):
    with pytest.raises(ValueError, match=" × ".join(map(str, shape))):
        find_shown_axes(shape, None)
