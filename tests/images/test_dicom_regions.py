# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Ultrasound regions: which show tissue, which can be trusted, and which covers which."""

from __future__ import annotations

import numpy as np
import pytest

from tests.prediction.batches import ellipse, scene

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from scripts.images.file_types import open_image  # noqa: E402
from tests.images.dicom import instance, region, write  # noqa: E402

SHAPE = (120, 160)
LESION = ellipse(SHAPE, (60, 100), (30, 20))
GREY = scene(LESION)


def regions_of(folder, *items, **changes):
    return open_image(
        write(instance(GREY, "MONOCHROME2", SequenceOfUltrasoundRegions=list(items), **changes), folder)
    ).regions


def boxes(regions):
    return [(each.top, each.left, each.bottom, each.right) for each in regions]


@pytest.mark.parametrize(
    "kind, shows_tissue",
    [*dict.fromkeys((0, 3, 4, 10, 13, 14, 16, 18), False).items(), *dict.fromkeys((1, 2, 15), True).items()],
)
def test_which_types_of_data_show_tissue(tmp_path, kind, shows_tissue):
    (found,) = regions_of(tmp_path, region(10, 20, 99, 139, 0.02, 0.03, RegionDataType=kind))
    assert boxes([found]) == ([(10, 20, 100, 140)] if shows_tissue else [(0, 0, *SHAPE)])
    assert found.spacing == (pytest.approx((0.2, 0.3)) if shows_tissue else None)


@pytest.mark.parametrize("form", [0, 2, 3, 4, 5])
def test_curves_show_none(tmp_path, form):
    (found,) = regions_of(tmp_path, region(10, 20, 99, 139, 0.02, 0.03, RegionSpatialFormat=form))
    assert boxes([found]) == [(0, 0, *SHAPE)]


@pytest.mark.parametrize(
    "corners",
    [
        (200, 300, 700, 900),  # far outside
        (10, 20, 99, 400),  # wider than the image
        (10, 20, 300, 139),
        (0, 0, 121, 159),  # two rows too many
        (100, 130, 180, 220),  # in part
    ],
)
def test_a_region_that_does_not_fit_the_image_is_not_trusted(tmp_path, corners):
    (found,) = regions_of(tmp_path, region(*corners, 0.02, 0.03))
    assert boxes([found]) == [(0, 0, *SHAPE)]
    assert found.spacing is None
    assert "do not fit the image" in found.spacing_from and found.spacing_from.endswith("give --spacing")
    # Nor are its neighbours, which may lie inside by chance; the image's own size is, and where from is told.
    (found,) = regions_of(tmp_path, region(0, 0, 50, 50, 0.1, 0.1), region(*corners, 0.02, 0.03), PixelSpacing=[1, 2])
    assert boxes([found]) == [(0, 0, *SHAPE)]
    assert found.spacing == (1, 2)
    assert found.spacing_from.startswith("DICOM PixelSpacing (the ultrasound regions do not fit")


def test_the_last_row_and_column_may_be_counted_beyond_the_image(tmp_path):
    """As some scanners write it: the first that is not any more of the region."""
    (found,) = regions_of(tmp_path, region(0, 0, *SHAPE, 0.02, 0.03))
    assert boxes([found]) == [(0, 0, *SHAPE)]
    assert found.spacing == pytest.approx((0.2, 0.3))


def test_a_lesion_hidden_by_a_region_from_before_a_crop_is_found(batch, folder):
    made = instance(GREY, "MONOCHROME2", SequenceOfUltrasoundRegions=[region(20, 110, 400, 600, 0.02, 0.02)])
    write(made, folder)
    row = batch().row("image.dcm")
    assert (row["unit"], row["area"]) == ("pixel", LESION.sum())


def test_a_box_of_flow_is_a_part_of_the_tissue_that_it_lies_on(tmp_path):
    tissue = region(0, 0, 119, 159, 0.02, 0.02, RegionFlags=1)
    flow = region(30, 40, 80, 90, 0.02, 0.02, RegionDataType=2)
    assert boxes(regions_of(tmp_path, tissue, flow)) == [(0, 0, *SHAPE)]
    beside = region(0, 80, 119, 159, 0.02, 0.02, RegionDataType=2)
    found = regions_of(tmp_path, region(0, 0, 119, 79, 0.02, 0.02), beside)
    assert boxes(found) == [(0, 0, 120, 80), (0, 80, 120, 160)]


# An inset of 0.4 mm a pixel in a larger region of 0.1 mm.


@pytest.mark.parametrize("inset_first", [True, False])
@pytest.mark.parametrize("flags", [(0, 1), (0, 0), (1, 1)])
def test_a_lesion_is_measured_in_the_smallest_region_that_holds_it(batch, folder, inset_first, flags):
    inset = region(25, 60, 95, 139, 0.04, 0.04, RegionFlags=flags[0])
    larger = region(0, 0, 119, 159, 0.01, 0.01, RegionFlags=flags[1])
    items = [inset, larger] if inset_first else [larger, inset]
    write(instance(GREY, "MONOCHROME2", SequenceOfUltrasoundRegions=items), folder)
    row = batch().row("image.dcm")
    assert row["longest_diameter"] == pytest.approx(60 * 0.4, abs=1.42 * 0.4)
    assert row["perpendicular_diameter"] == pytest.approx(40 * 0.4, abs=1.42 * 0.4)
    assert row["area"] == pytest.approx(LESION.sum() * 0.16, rel=1e-6)
    assert row["spacing_row"] == pytest.approx(0.4)


@pytest.mark.parametrize("inset_first", [True, False])
def test_a_lesion_beside_the_inset_is_measured_at_the_larger_scale(batch, folder, inset_first):
    inset = region(0, 0, 29, 39, 0.04, 0.04)
    larger = region(0, 0, 119, 159, 0.01, 0.01, RegionFlags=1)
    items = [inset, larger] if inset_first else [larger, inset]
    grey = GREY.copy()
    grey[:30, :40] = np.random.default_rng(1).integers(40, 120, (30, 40))
    write(instance(grey, "MONOCHROME2", SequenceOfUltrasoundRegions=items), folder)
    row = batch(segmenter=lambda part: (part > 200).astype(np.float32)).row("image.dcm")
    assert row["longest_diameter"] == pytest.approx(60 * 0.1, abs=0.15)
    assert row["spacing_row"] == pytest.approx(0.1)


def test_a_larger_region_of_high_priority_covers_an_inset(batch, folder):
    covered = region(25, 60, 95, 139, 0.04, 0.04, RegionFlags=1)
    covering = region(0, 0, 119, 159, 0.01, 0.01)
    write(instance(GREY, "MONOCHROME2", SequenceOfUltrasoundRegions=[covered, covering]), folder)
    assert batch().row("image.dcm")["spacing_row"] == pytest.approx(0.1)


def test_pixels_of_an_inset_are_the_insets(batch, folder):
    """What is found across its edge in the larger picture counts only outside of it."""
    inset = region(40, 90, 79, 139, 0.04, 0.04)
    larger = region(0, 0, 119, 159, 0.01, 0.01, RegionFlags=1)
    write(instance(GREY, "MONOCHROME2", SequenceOfUltrasoundRegions=[larger, inset]), folder)

    def segment(part):  # everything is lesion in the larger picture, nothing in the inset
        return np.full(part.shape, part.shape[0] > 60, np.float32)

    row = batch(segmenter=segment).row("image.dcm")
    assert row["area"] == pytest.approx((GREY.size - 40 * 50) * 0.01, rel=0.01)  # but the corners
