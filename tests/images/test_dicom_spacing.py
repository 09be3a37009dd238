# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Sizes of pixels wherever a DICOM instance tells them, and none where it tells none."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from pydicom import Dataset  # noqa: E402

from scripts.images.dicom_spacing import image_spacing  # noqa: E402
from scripts.images.file_types import open_image  # noqa: E402
from tests.images.dicom import clip, instance, region, write  # noqa: E402

GREY = np.random.default_rng(0).integers(0, 255, (40, 60), dtype=np.uint8)


def group(*sizes):
    """A functional group with the size of a pixel."""
    measures, item = Dataset(), Dataset()
    measures.PixelSpacing = list(sizes)
    item.PixelMeasuresSequence = [measures]
    return item


def dataset(**elements):
    made = Dataset()
    for name, value in elements.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    "elements, spacing, told",
    [
        ({"PixelSpacing": [0.2, 0.3]}, (0.2, 0.3), "DICOM PixelSpacing"),
        ({"SharedFunctionalGroupsSequence": [group(0.2, 0.3)]}, (0.2, 0.3), "DICOM PixelSpacing of all frames"),
        ({"PerFrameFunctionalGroupsSequence": [group(0.2, 0.3)] * 2}, (0.2, 0.3), "PixelSpacing of each frame"),
        ({"PerFrameFunctionalGroupsSequence": [group(0.2, 0.3), group(0.1, 0.3)]}, None, "differs between frames"),
        ({"PerFrameFunctionalGroupsSequence": [Dataset(), Dataset()]}, None, "has none"),
        ({"SharedFunctionalGroupsSequence": [Dataset()], "PixelSpacing": [0.2, 0.3]}, (0.2, 0.3), "PixelSpacing"),
        ({"NominalScannedPixelSpacing": [0.12, 0.12]}, (0.12, 0.12), "NominalScannedPixelSpacing"),
        ({"NominalScannedPixelSpacing": [0.12, 0.12], "PixelSpacing": [0.2, 0.3]}, (0.2, 0.3), "DICOM PixelSpacing"),
        ({"PixelSpacing": [0, 0], "SharedFunctionalGroupsSequence": [group(0.2, 0.3)]}, (0.2, 0.3), "of all frames"),
        ({"PixelSpacing": [1, 1]}, None, "exactly 1×1 in DICOM PixelSpacing is doubtful"),
        ({"SharedFunctionalGroupsSequence": [group(1, 1)]}, None, "exactly 1×1 in DICOM"),
        ({"NominalScannedPixelSpacing": [1, 1]}, None, "exactly 1×1 in DICOM"),
        ({"PixelSpacing": [1, 1], "NominalScannedPixelSpacing": [0.12, 0.12]}, (0.12, 0.12), "NominalScanned"),
        ({"PixelSpacing": [1, 1.2]}, (1, 1.2), "DICOM PixelSpacing"),
        ({}, None, "the DICOM file has none: give --spacing"),
    ],
)
def test_where_an_instance_tells_the_size_of_its_pixels(elements, spacing, told):
    found, source = image_spacing(dataset(**elements))
    assert found == spacing
    assert told in source
    assert spacing or source.endswith("give --spacing")


def test_what_is_no_patients_size_is_said_to_be_doubtful():
    assert "doubtful" in image_spacing(dataset(NominalScannedPixelSpacing=[0.12, 0.12]))[1]


def test_a_file_is_measured_at_the_size_of_its_functional_groups(batch, folder):
    frames = np.stack([GREY, GREY])
    write(clip(frames, "MONOCHROME2", SharedFunctionalGroupsSequence=[group(0.25, 0.5)]), folder)
    outcome = batch()
    for row in outcome.rows["image.dcm"]:
        assert (row["unit"], row["spacing_row"], row["spacing_column"]) == ("mm", 0.25, 0.5)


def test_one_millimetre_is_not_told_as_measured(batch, folder):
    write(instance(GREY, "MONOCHROME2", PixelSpacing=[1, 1]), folder)
    row = batch().row("image.dcm")
    assert (row["unit"], row["spacing_row"], row["spacing_column"]) == ("pixel", None, None)
    assert "doubtful" in row["spacing_from"]


@pytest.mark.parametrize("deltas, spacing", [((0.1, 0.1), (1, 1)), ((1, 1), None)])
def test_a_region_in_centimetres_of_one_millimetre_is_measured(tmp_path, deltas, spacing):
    made = instance(GREY, "MONOCHROME2", SequenceOfUltrasoundRegions=[region(0, 0, 39, 59, *deltas)])
    (found,) = open_image(write(made, tmp_path)).regions
    assert found.spacing == pytest.approx(spacing) if spacing else found.spacing is None
