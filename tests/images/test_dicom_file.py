# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""DICOM as scanners and archives have it: the same pixels give the same mask, in any coding, and sizes are its own."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from tests.paths import ROOT
from tests.prediction.batches import ellipse, run_batch, scene
from tests.warm_python import warm_python

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

import highdicom as hd  # noqa: E402
from pydicom import config, dcmread  # noqa: E402
from pydicom.uid import MediaStorageDirectoryStorage  # noqa: E402

from tests.images.dicom import (  # noqa: E402
    COLOUR_SPACES,
    LOSSLESS,
    LOSSY,
    UNCOMPRESSED,
    clip,
    coded,
    compressed,
    instance,
    region,
    write,
)

SHAPE = (61, 84)  # no multiple of 8 pixels
LESION = ellipse(SHAPE, (30, 44), (22, 12), 20)
FRAMES = np.stack([scene(ellipse(SHAPE, (30, 30 + 2 * k), (20, 10), 15 * k), seed=k) for k in range(4)])


def segmentation_of(outcome, name):
    return hd.seg.segread(outcome.folder / outcome.rows[name][0]["mask"])


def mask_of(outcome, name, dataset):
    segmentation = segmentation_of(outcome, name)
    return segmentation.get_pixels_by_source_instance([dataset.SOPInstanceUID], combine_segments=True)[0] > 0


def masks_of(outcome, name, dataset):
    numbers = list(range(1, int(dataset.NumberOfFrames) + 1))
    segmentation = segmentation_of(outcome, name)
    return segmentation.get_pixels_by_source_frame(dataset.SOPInstanceUID, numbers, combine_segments=True) > 0


@pytest.mark.parametrize("name", COLOUR_SPACES)
def test_every_colour_space_gives_the_same_mask(batch, folder, name):
    dataset = coded(name, scene(LESION))
    write(dataset, folder)
    mask = mask_of(batch(), "image.dcm", dataset)
    assert (mask == LESION).all()


@pytest.mark.parametrize("colour", ["MONOCHROME2", "RGB", "16 bit"])
@pytest.mark.parametrize("name", [*UNCOMPRESSED, *LOSSLESS])
def test_every_lossless_coding_gives_the_same_mask(batch, folder, name, colour):
    if (name, colour) == ("JPEG 2000 lossless", "16 bit"):
        pytest.skip("Pillow writes no such file")
    dataset = compressed(coded(colour, scene(LESION)), name)
    write(dataset, folder)
    assert (mask_of(batch(), "image.dcm", dataset) == LESION).all()


@pytest.mark.parametrize("colour", ["MONOCHROME2", "RGB"])
@pytest.mark.parametrize("name", LOSSY)
def test_every_lossy_coding_gives_nearly_the_same_mask(batch, folder, name, colour):
    dataset = compressed(coded(colour, scene(LESION)), name)
    write(dataset, folder)
    mask = mask_of(batch(), "image.dcm", dataset)
    assert (mask != LESION).mean() < 0.01
    assert LESION.mean() > 0.1


@pytest.mark.parametrize("colour", ["MONOCHROME2", "MONOCHROME1", "RGB", "YBR_FULL_422"])
@pytest.mark.parametrize(
    "name", ["explicit", "deflated", "RLE", "JPEG lossless", "JPEG", "JPEG-LS", "JPEG 2000 lossless"]
)
def test_a_clip_has_a_mask_for_each_frame(batch, folder, name, colour):
    frames = FRAMES if colour.startswith("MONO") else np.repeat(FRAMES[..., None], 3, axis=-1)
    if colour == "MONOCHROME1":
        frames = 255 - frames
    if colour == "YBR_FULL_422":
        if name not in ("explicit", "deflated"):
            pytest.skip("a colour space of its own in this coding")
        frames = np.stack([frames[..., 0], *[np.full_like(frames[..., 0], 128)] * 2], axis=-1)
    dataset = compressed(clip(frames, colour), name)
    write(dataset, folder)
    outcome = batch()
    assert [row["frame"] for row in outcome.rows["image.dcm"]] == [1, 2, 3, 4]
    masks = masks_of(outcome, "image.dcm", dataset)
    expected = FRAMES > 200
    assert (masks != expected).mean() < (0.01 if name == "JPEG" else 1e-9)
    overlays = sorted(path.name for path in (outcome.folder / "image_overlay").iterdir())
    assert overlays == ["0001.jpg", "0002.jpg", "0003.jpg", "0004.jpg"]


def test_a_frame_without_lesion_is_a_frame_of_the_segmentation(batch, folder):
    frames = FRAMES.copy()
    frames[1] = 7
    dataset = clip(frames, "MONOCHROME2")
    write(dataset, folder)
    outcome = batch()
    masks = masks_of(outcome, "image.dcm", dataset)
    assert [bool(mask.any()) for mask in masks] == [True, False, True, True]
    empty = outcome.rows["image.dcm"][1]
    assert (empty["lesion_found"], empty["area"], empty["note"]) == (False, 0, "all pixels are equal")


@pytest.mark.parametrize("shape", [(1, 3), (3, 1), (2, 2), (7, 9), (8, 8), (13, 500)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_bits_of_any_number_are_read_back_as_they_were(batch, folder, shape, count):
    frames = np.random.default_rng(0).integers(0, 2, (count, *shape), dtype=np.uint8) * 255
    frames[:, 0, 0], frames[:, -1, -1] = 0, 255
    dataset = clip(frames, "MONOCHROME2") if count > 1 else instance(frames[0], "MONOCHROME2")
    write(dataset, folder)
    outcome = batch()
    masks = masks_of(outcome, "image.dcm", dataset) if count > 1 else [mask_of(outcome, "image.dcm", dataset)]
    for row, mask, frame in zip(outcome.rows["image.dcm"], masks, frames):
        assert row["lesion_found"] and mask.any()
        assert not mask[frame == 0].any()
        assert row["area"] == mask.sum()


def test_the_segmentation_belongs_to_the_study_and_patient(batch, folder):
    dataset = instance(scene(LESION), "MONOCHROME2", PatientName="Müller^Ünal", SpecificCharacterSet="ISO_IR 100")
    write(dataset, folder)
    segmentation = segmentation_of(batch(), "image.dcm")
    for name in ("StudyInstanceUID", "PatientID", "StudyDate", "StudyID"):
        assert segmentation[name].value == dataset[name].value
    assert str(segmentation.PatientName) == "Müller^Ünal"
    assert segmentation.SeriesInstanceUID != dataset.SeriesInstanceUID
    assert segmentation.SOPInstanceUID != dataset.SOPInstanceUID
    assert segmentation.get_source_image_uids() == [
        (dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID)
    ]
    (segment,) = segmentation.SegmentSequence
    assert (segment.SegmentLabel, segment.SegmentAlgorithmType) == ("Breast lesion", "AUTOMATIC")


def test_names_in_any_characters_and_classes_of_old(batch, folder):
    name = "Yamada^Tarou=山田^太郎"
    dataset = clip(FRAMES, "MONOCHROME2", PatientName=name, SpecificCharacterSet=["", "ISO 2022 IR 87"])
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.3"  # retired
    write(dataset, folder)
    outcome = batch()
    assert str(segmentation_of(outcome, "image.dcm").PatientName) == name
    assert (masks_of(outcome, "image.dcm", dataset) == (FRAMES > 200)).all()


def without(dataset, *names):
    for name in names:
        if name in dataset:
            delattr(dataset, name)
    return dataset


PATIENT = ("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
           "AccessionNumber", "ReferringPhysicianName", "Manufacturer", "SeriesNumber", "InstanceNumber",
           "PatientOrientation")  # fmt: skip
SOURCES = {
    "plain": lambda: instance(scene(LESION), "MONOCHROME2"),
    "clip": lambda: clip(FRAMES, "MONOCHROME2"),
    "clip in colour": lambda: compressed(clip(np.repeat(FRAMES[..., None], 3, axis=-1), "RGB"), "JPEG"),
    "anonymous": lambda: without(instance(scene(LESION), "MONOCHROME2"), *PATIENT),
    "anonymous clip": lambda: without(clip(FRAMES, "MONOCHROME2"), *PATIENT),
    "frame of reference": lambda: instance(
        scene(LESION), "MONOCHROME2", FrameOfReferenceUID=hd.UID(), PositionReferenceIndicator=""
    ),
    "clip with frame of reference": lambda: clip(FRAMES, "MONOCHROME2", FrameOfReferenceUID=hd.UID()),
    "sizes": lambda: instance(
        scene(LESION), "MONOCHROME2", PixelSpacing=[0.1, 0.2], SequenceOfUltrasoundRegions=[region(0, 0, 60, 83, 1, 1)]
    ),
    "further tags": lambda: instance(
        scene(LESION),
        "MONOCHROME2",
        ImageType=["DERIVED", "SECONDARY", "", "0001"],
        StudyDescription="Breast",
        SeriesDescription="left",
        ContentDate="20260102",
        ContentTime="130000",
        AcquisitionDateTime="20260102130000",
        OperatorsName="One^Two",
        PatientAge="050Y",
        PatientComments="none",
        Laterality="L",
    ),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_validator_finds_no_error_in_the_segmentation(batch, folder, name):
    write(SOURCES[name](), folder)
    outcome = batch()
    path = outcome.folder / outcome.rows["image.dcm"][0]["mask"]
    try:
        result = subprocess.run(["dciodvfy", path], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("dciodvfy of dicom3tools is not installed")
    told = result.stdout + result.stderr
    assert "Segmentation" in told
    assert not [line for line in told.splitlines() if line.startswith("Error")]


@pytest.mark.parametrize(
    "tag, value",
    [
        ("PatientBirthDate", "unknown"),
        ("PatientID", "x" * 100),
        ("AccessionNumber", "0123456789abcdefghi"),
        ("StudyDate", "2026.01.01"),
        ("StudyTime", "noon"),
        ("PatientSex", "female"),
        ("StudyID", "a study with a name that is far too long"),
    ],
)
def test_values_that_break_the_standard_are_no_reason_to_fail(batch, folder, tag, value):
    dataset = instance(scene(LESION), "MONOCHROME2")
    with config.disable_value_validation():
        setattr(dataset, tag, value)
        write(dataset, folder)
    outcome = batch()
    assert not outcome.failed
    assert (mask_of(outcome, "image.dcm", dataset) == LESION).all()


@pytest.mark.parametrize("name", ["1.2.840.113619.2.5.17", "IM0001", "scan.png", "scan.v2.DCM", "US.1.2_mask.3"])
def test_a_name_tells_nothing(batch, folder, name):
    dataset = instance(scene(LESION), "MONOCHROME2")
    write(dataset, folder, name)
    outcome = batch()
    assert (mask_of(outcome, name, dataset) == LESION).all()
    stem = {"scan.png": "scan", "scan.v2.DCM": "scan.v2"}.get(name, name)
    assert outcome.row(name)["mask"] == f"{stem}_mask.dcm"
    assert outcome.row(name)["overlay"] == f"{stem}_overlay.jpg"


def test_other_objects_of_an_archive_are_skipped(batch, folder):
    write(instance(scene(LESION), "MONOCHROME2"), folder, "image")
    first = batch()
    (first.folder / first.row("image")["mask"]).rename(folder / "segmentation")
    report = without(instance(scene(LESION), "MONOCHROME2", Modality="SR"), "PixelData", "Rows", "Columns")
    write(report, folder, "report")
    index = without(report, "Modality")
    index.SOPClassUID = index.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    write(index, folder, "DICOMDIR")
    outcome = run_batch([folder], first.folder.with_name("second"))
    assert (list(outcome.rows), outcome.failed) == (["image"], {})


# Sizes of pixels


def measured(batch, folder, **changes):
    write(instance(scene(LESION), "MONOCHROME2", **changes), folder)
    outcome = batch()
    assert not outcome.failed
    row = outcome.row("image.dcm")
    return row, row["spacing_from"]


def test_pixel_spacing(batch, folder):
    row, source = measured(batch, folder, PixelSpacing=[0.25, 0.5])
    assert (row["unit"], row["spacing_row"], row["spacing_column"], source) == ("mm", 0.25, 0.5, "DICOM PixelSpacing")
    assert row["area"] == pytest.approx(LESION.sum() * 0.125)


def test_an_ultrasound_region(batch, folder):
    row, source = measured(
        batch, folder, SequenceOfUltrasoundRegions=[region(0, 0, 60, 83, 0.02, 0.03)], PixelSpacing=[1, 1]
    )
    assert (row["unit"], source) == ("mm", "DICOM PhysicalDelta")  # before PixelSpacing
    assert (row["spacing_row"], row["spacing_column"]) == pytest.approx((0.2, 0.3))


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({}, "has none"),
        ({"PixelSpacing": [0, 0]}, "PixelSpacing 0, 0 is invalid"),
        ({"PixelSpacing": [-0.1, 0.1]}, "PixelSpacing -0.1, 0.1 is invalid"),
        ({"PixelSpacing": [0.1]}, "PixelSpacing 0.1 is invalid"),
        ({"PixelSpacing": [0.1, 0.1, 0.1]}, "PixelSpacing 0.1, 0.1, 0.1 is invalid"),
        ({"PixelSpacing": []}, "has none"),
        ({"SequenceOfUltrasoundRegions": []}, "has none"),
        ({"SequenceOfUltrasoundRegions": [region(0, 0, 60, 83, 0, 0)]}, "PhysicalDelta 0, 0 is invalid"),
        ({"SequenceOfUltrasoundRegions": [region(0, 0, 60, 83, np.nan, 0.1)]}, "PhysicalDelta nan, 1 is invalid"),
        ({"SequenceOfUltrasoundRegions": [region(0, 0, 60, 83, np.inf, 0.1)]}, "PhysicalDelta inf, 1 is invalid"),
        (
            {"SequenceOfUltrasoundRegions": [region(0, 0, 60, 83, 0.1, 0.1, PhysicalUnitsXDirection=4)]},
            "the ultrasound region is not in centimetres",
        ),
    ],
)
def test_a_size_that_is_not_known_is_told_and_pixels_are_counted(batch, folder, changes, reason):
    row, source = measured(batch, folder, **changes)
    assert reason in source
    assert source.endswith("give --spacing")
    assert (row["unit"], row["spacing_row"], row["area"]) == ("pixel", None, LESION.sum())


def test_text_for_a_size_is_no_size(batch, folder):
    path = write(instance(scene(LESION), "MONOCHROME2", PixelSpacing=["0.25", "0.50"]), folder)
    path.write_bytes(path.read_bytes().replace(b"0.25\\0.50", b"0.25\\x.xx"))
    outcome = batch()
    assert outcome.row("image.dcm")["unit"] == "pixel"
    assert "PixelSpacing" in outcome.row("image.dcm")["spacing_from"]


def test_a_direction_of_an_axis_is_no_size(batch, folder):
    row, _ = measured(batch, folder, SequenceOfUltrasoundRegions=[region(0, 0, 60, 83, -0.02, 0.03)])
    assert (row["spacing_row"], row["spacing_column"]) == pytest.approx((0.2, 0.3))


def two_views(left_lesion, right_lesion):
    """Two views side by side, 0.1 and 0.3 mm a pixel."""
    shape = (100, 100)
    left, right = (
        scene(ellipse(shape, (50, 50), (30, 15)) if lesion else np.zeros(shape, bool), seed)
        for seed, lesion in enumerate((left_lesion, right_lesion))
    )
    for view, lesion in ((left, left_lesion), (right, right_lesion)):
        if not lesion:
            view[:] = np.minimum(view, 119)
    regions = [region(0, 0, 99, 99, 0.01, 0.01), region(0, 120, 99, 219, 0.03, 0.03)]
    pixels = np.concatenate([left, np.zeros((100, 20), np.uint8), right], axis=1)
    return instance(pixels, "MONOCHROME2", SequenceOfUltrasoundRegions=regions)


def only_lesions(grey):
    return (grey > 200).astype(np.float32)


@pytest.mark.parametrize("side, spacing", [((True, False), 0.1), ((False, True), 0.3)])
def test_views_side_by_side_are_measured_each_at_its_scale(batch, folder, side, spacing):
    write(two_views(*side), folder)
    row = batch(segmenter=only_lesions).row("image.dcm")
    assert row["longest_diameter"] == pytest.approx(60 * spacing, abs=1.42 * spacing)
    assert row["perpendicular_diameter"] == pytest.approx(30 * spacing, abs=1.42 * spacing)
    assert (row["spacing_row"], row["unit"]) == (pytest.approx(spacing), "mm")
    assert (row["first_column"] >= 120) == side[1]


def test_lesions_of_two_scales_are_summed_in_millimetres(batch, folder):
    write(two_views(True, True), folder)
    row = batch(segmenter=only_lesions).row("image.dcm")
    assert row["components"] == 2
    assert row["area"] == pytest.approx(np.pi * 30 * 15 * (0.1**2 + 0.3**2), rel=0.02)
    assert row["longest_diameter"] == pytest.approx(60 * 0.3, abs=0.43)
    assert (row["first_column"], row["last_column"]) == (20, 199)


def test_the_reason_is_that_of_the_region_with_the_lesion(batch, folder):
    dataset = two_views(False, True)
    dataset.SequenceOfUltrasoundRegions[1].PhysicalUnitsXDirection = 0
    write(dataset, folder)
    row = batch(segmenter=only_lesions).row("image.dcm")
    assert (row["unit"], row["spacing_row"]) == ("pixel", None)
    assert "not in centimetres" in row["spacing_from"]


def test_where_a_region_shows_no_tissue_nothing_is_found(batch, folder):
    dataset = two_views(True, True)
    dataset.SequenceOfUltrasoundRegions[1].RegionDataType = 3  # a Doppler curve
    write(dataset, folder)
    row = batch(segmenter=only_lesions).row("image.dcm")
    assert (row["components"], row["last_column"]) == (1, 79)


def test_a_view_that_shows_nothing_is_not_given_to_the_network(batch, folder):
    dataset = two_views(True, True)
    pixels = np.frombuffer(dataset.PixelData, np.uint8).reshape(100, 220).copy()
    pixels[:, 120:] = 0
    dataset.PixelData = pixels.tobytes()
    write(dataset, folder)
    row = batch(segmenter=lambda grey: np.ones(grey.shape, np.float32)).row("image.dcm")
    assert row["last_column"] < 100


def test_without_the_extra_a_line_names_it_and_pictures_are_done(folder, tmp_path):
    from PIL import Image

    write(instance(scene(LESION), "MONOCHROME2"), folder)
    Image.fromarray(scene(LESION)).save(folder / "picture.png")
    program = f"""
import sys
sys.modules["pydicom"] = sys.modules["highdicom"] = None
from pathlib import Path
from tests.prediction.batches import run_batch
outcome = run_batch([{str(folder)!r}], Path({str(tmp_path / "out")!r}))
print(sorted(outcome.rows), sorted(outcome.failed))
"""
    result = subprocess.run([warm_python(), "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout.strip() == "['picture.png'] ['image.dcm']", result.stderr
    (told,) = (line for line in result.stderr.splitlines() if line.startswith("error: "))
    assert "image.dcm: DICOM needs pydicom" in told
    assert told.endswith("python -m pip install -r requirements-predict.txt")


def test_the_source_is_read_only(batch, folder):
    path = write(instance(scene(LESION), "MONOCHROME2"), folder)
    before = path.read_bytes()
    batch()
    assert path.read_bytes() == before
    assert dcmread(path).Modality == "US"
