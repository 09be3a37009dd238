# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Masks as a DICOM segmentation that refers to the frames it is of."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import highdicom
import numpy as np
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.tag import Tag
from pydicom.uid import UltrasoundImageStorage

from .image_file import Software

SERIES_NUMBER = 900  # beyond those that scanners give
# They must be there, but may be empty.
MAY_BE_EMPTY = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
    "Manufacturer",
)


def write_segmentation(
    path: Path, masks: Iterable[np.ndarray], source: Dataset, frames: int, software: Software
) -> None:
    """Write a DICOM segmentation with one segment, the lesion, and a frame for each frame of its source.

    highdicom makes the object of one frame. It makes none of several without a frame of reference, which ultrasound has
    not (its issue 284), so further frames are added here, each with its place in time and the source frame that it is
    of.

    Args:
        path: the file to write.
        masks: bool, shape (rows, columns), one for each frame of the source.
        source: the ultrasound instance; its pixels are not used.
        frames: their number.
        software: is named as the segmentation's algorithm.

    Raises:
        AttributeError, ValueError: the source lacks what a segmentation must repeat, such as the study it is of.
    """
    segmentation = _one_frame(source, software)
    for reference in _references(segmentation):
        reference.ReferencedSOPClassUID = source.SOPClassUID
    segmentation.PatientOrientation = ""  # unknown of most ultrasound images, but it must be there
    if frames > 1:
        _add_frames(segmentation, frames)
    with tempfile.TemporaryFile() as file:  # a clip's masks need not fit into memory
        _write_bits(file, masks)
        file.seek(0)
        segmentation["PixelData"].value = file
        segmentation.save_as(path)


def _one_frame(source: Dataset, software: Software) -> highdicom.seg.Segmentation:
    # Only what decides its form. A frame of reference would ask for positions in the patient, and highdicom refuses
    # dates and the like that break the standard, as many a scanner's do; they are repeated below as they are.
    template = Dataset()
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "Modality", "Rows", "Columns"):
        setattr(template, name, source[name].value)
    for name in MAY_BE_EMPTY:
        setattr(template, name, "")
    template.SOPClassUID = UltrasoundImageStorage
    segmentation = highdicom.seg.Segmentation(
        source_images=[template],
        pixel_array=np.zeros((source.Rows, source.Columns), dtype=np.uint8),
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[
            highdicom.seg.SegmentDescription(
                segment_number=1,
                segment_label="Breast lesion",
                segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
                segmented_property_type=codes.SCT.Lesion,
                algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
                algorithm_identification=highdicom.AlgorithmIdentificationSequence(
                    name=software.name, version=software.version, family=codes.DCM.ArtificialIntelligence
                ),
                anatomic_regions=[codes.SCT.Breast],
            )
        ],
        series_instance_uid=highdicom.UID(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=highdicom.UID(),
        instance_number=1,
        manufacturer=software.name,
        manufacturer_model_name=software.name,
        software_versions=software.version,
        device_serial_number=software.version,
        omit_empty_frames=False,  # no lesion is a result, too
        content_label="LESION",
        content_description="Breast lesion, automatic; research only, not for diagnosis",
        series_description="Breast lesion, automatic; research only",
    )
    # Of the patient and the study, in the characters that they are written in, and as of a class that highdicom knows.
    described = Dataset()
    for group in (0x0008, 0x0010, 0x0012, 0x0020, 0x0032):
        described.update(source.group_dataset(group))
    described.add_new("SOPClassUID", "UI", UltrasoundImageStorage)
    segmentation.copy_patient_and_study_information(described)
    if "SpecificCharacterSet" in source:
        segmentation.SpecificCharacterSet = source.SpecificCharacterSet
    return segmentation


def _references(segmentation: Dataset) -> list[Dataset]:
    """Return all items that refer to the source instance."""
    derivation = segmentation.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0]
    return [
        *segmentation.ReferencedSeriesSequence[0].ReferencedInstanceSequence,
        *segmentation.get("SourceImageSequence", ()),
        *derivation.SourceImageSequence,
    ]


def _add_frames(segmentation: Dataset, frames: int) -> None:
    (dimension,) = segmentation.DimensionIndexSequence
    in_time = copy.deepcopy(dimension)
    in_time.DimensionIndexPointer = Tag("TemporalPositionIndex")
    in_time.FunctionalGroupPointer = Tag("FrameContentSequence")
    in_time.DimensionDescriptionLabel = "Temporal Position Index"
    segmentation.DimensionIndexSequence = [dimension, in_time]
    segmentation.NumberOfFrames = frames
    (first,) = segmentation.PerFrameFunctionalGroupsSequence
    groups = []
    for number in range(1, frames + 1):
        group = copy.deepcopy(first)
        content = group.FrameContentSequence[0]
        content.TemporalPositionIndex = number
        content.DimensionIndexValues = [1, number]
        group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedFrameNumber = number
        groups.append(group)
    segmentation.PerFrameFunctionalGroupsSequence = groups


def _write_bits(file: IO[bytes], masks: Iterable[np.ndarray]) -> None:
    """Write masks as one string of bits, frames following each other without a gap (DICOM PS3.5, section 8.1.1)."""
    rest = np.empty(0, dtype=bool)
    for mask in masks:
        bits = np.concatenate([rest, mask.ravel()])
        whole = bits.size // 8 * 8
        file.write(np.packbits(bits[:whole], bitorder="little").tobytes())
        rest = bits[whole:]
    if rest.size:
        file.write(np.packbits(rest, bitorder="little").tobytes())
    if file.tell() % 2:
        file.write(b"\0")
