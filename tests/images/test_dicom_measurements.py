# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Structured reports of measurements: read back, and checked by validators, for instances of all kinds."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

hd = pytest.importorskip("highdicom", reason="needs requirements-predict.txt")
from pydicom.sr.codedict import codes  # noqa: E402

from tests.images.dicom import clip, instance, region, write  # noqa: E402
from tests.images.test_dicom_file import FRAMES, LESION, SOURCES  # noqa: E402
from tests.prediction.batches import ellipse, files_below, scene  # noqa: E402

SPACING = (0.1, 0.2)
SIZES = {"SequenceOfUltrasoundRegions": [region(0, 0, 60, 83, 0.01, 0.02)]}
NAME = "image_measurements.dcm"


def report_of(outcome):
    return hd.sr.srread(outcome.folder / NAME)


def values(group):
    """The numbers of a measurement group by the meaning of their name."""
    return {item.name.meaning: (item.value, item.unit.value) for item in group.get_measurements()}


def test_the_measurements_of_each_lesion(batch, folder):
    both = ellipse((61, 84), (20, 20), (14, 8)) | ellipse((61, 84), (45, 70), (6, 4))
    source = instance(scene(both), "MONOCHROME2", **SIZES)
    write(source, folder)
    outcome = batch()
    row = outcome.row("image.dcm")
    assert row["structured_report"] == NAME
    report = report_of(outcome)
    assert (report.PatientName, report.StudyInstanceUID) == (source.PatientName, source.StudyInstanceUID)
    assert (report.CompletionFlag, report.VerificationFlag) == ("COMPLETE", "UNVERIFIED")
    regions = report.content.get_planar_roi_measurement_groups()
    diameters = report.content.get_image_measurement_groups()
    assert len(regions) == len(diameters) == len(row["lesions"]) == 2
    for lesion, area, lengths in zip(row["lesions"], regions, diameters):
        assert area.tracking_identifier == lengths.tracking_identifier == f"Lesion {lesion['lesion']}"
        assert area.tracking_uid == lengths.tracking_uid
        assert area.finding_type == codes.SCT.Lesion
        assert area.finding_sites[0].topographical_modifier is None and area.finding_sites[0].value == codes.SCT.Breast
        assert values(area)["Area"] == (pytest.approx(lesion["area_mm2"]), "mm2")
        assert values(area)["Certainty of Finding"] == (pytest.approx(100 * lesion["confidence"], abs=0.1), "%")
        assert values(lengths) == {
            "Long axis": (pytest.approx(lesion["longest_diameter_mm"]), "mm"),
            "Short axis": (pytest.approx(lesion["perpendicular_diameter_mm"]), "mm"),
        }
        outline = area.roi
        assert outline.graphic_type == hd.sr.GraphicTypeValues.POLYLINE
        assert (outline.value[0] == outline.value[-1]).all()
        assert outline.value.mean(axis=0) == pytest.approx((lesion["centre_column"], lesion["centre_row"]), abs=2)
        image = outline.ContentSequence[0].ReferencedSOPSequence[0]
        assert image.ReferencedSOPInstanceUID == source.SOPInstanceUID
        assert "ReferencedFrameNumber" not in image
        for item, line in zip(lengths.get_measurements(), lesion["calipers"]):
            (points,) = item.referenced_coordinates
            assert np.allclose(points.value, line, atol=0.01)


def test_of_a_clip_the_frame_with_the_largest_lesion_is_reported(batch, folder):
    frames = [scene(ellipse((61, 84), (30, 40), axes)) for axes in ((10, 6), (22, 12), (15, 8))]
    source = clip(frames, "MONOCHROME2", **SIZES)
    write(source, folder)
    outcome = batch()
    assert [row["structured_report"] for row in outcome.rows["image.dcm"]] == [None] * 3
    (group,) = report_of(outcome).content.get_image_measurement_groups()
    assert values(group)["Long axis"][0] == pytest.approx(outcome.rows["image.dcm"][1]["longest_diameter"])
    (item, _) = group.get_measurements()
    image = item.referenced_coordinates[0].ContentSequence[0].ReferencedSOPSequence[0]
    assert image.ReferencedFrameNumber == 2
    assert image.ReferencedSOPClassUID == source.SOPClassUID


def test_without_pixel_spacing_or_lesion_there_is_no_report(batch, folder):
    write(instance(scene(LESION), "MONOCHROME2"), folder, "no spacing.dcm")
    write(instance(np.full((61, 84), 9, np.uint8), "MONOCHROME2", **SIZES), folder, "no lesion.dcm")
    write(clip(FRAMES, "MONOCHROME2"), folder, "clip.dcm")
    outcome = batch()
    assert not outcome.failed
    assert not [name for name in files_below(outcome.folder) if "measurements" in name]
    assert all(row["structured_report"] is None for rows in outcome.rows.values() for row in rows)


def test_a_report_does_not_outlive_its_image(batch, folder):
    write(instance(scene(LESION), "MONOCHROME2", **SIZES), folder)
    batch()
    write(instance(scene(LESION), "MONOCHROME2"), folder)
    assert NAME not in files_below(batch().folder)


@pytest.mark.parametrize("name", SOURCES)
def test_validators_find_no_error(batch, folder, name):
    source = write(SOURCES[name](), folder)
    outcome = batch(spacing=SPACING)
    assert not outcome.failed
    mask = outcome.folder / outcome.rows["image.dcm"][0]["mask"]
    try:
        told = [
            subprocess.run(words, capture_output=True, text=True)
            for words in (["dciodvfy", outcome.folder / NAME], ["dcentvfy", source, mask, outcome.folder / NAME])
        ]
    except FileNotFoundError:
        pytest.skip("dciodvfy and dcentvfy of dicom3tools are not installed")
    lines = [line for result in told for line in (result.stdout + result.stderr).splitlines()]
    assert "ComprehensiveSR" in lines
    assert not [line for line in lines if line.startswith("Error")]


@pytest.mark.parametrize(
    "tag, value",
    [("PatientBirthDate", "unknown"), ("PatientID", "x" * 100), ("StudyDate", "2026.01.01"), ("StudyTime", "noon")],
)
def test_values_that_break_the_standard_are_no_reason_to_fail(batch, folder, tag, value):
    source = instance(scene(LESION), "MONOCHROME2", **SIZES)
    from pydicom import config

    before, config.settings.writing_validation_mode = config.settings.writing_validation_mode, config.IGNORE
    try:
        setattr(source, tag, value)
        write(source, folder)
    finally:
        config.settings.writing_validation_mode = before
    assert report_of(batch())[tag].value == value
