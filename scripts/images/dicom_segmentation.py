# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write masks as a DICOM segmentation that refers to the source frames."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path

import highdicom
import numpy as np
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.tag import Tag
from pydicom.uid import UltrasoundImageStorage

from ..files.scratch_file import ScratchFile
from .dicom_source import copy_identification, reference_template
from .image_file import Software

SERIES_NUMBER = 900  # higher than those of scanners


def write_segmentation(
    path: Path, masks: Iterable[np.ndarray], source: Dataset, frames: int, software: Software
) -> None:
    """Write a DICOM segmentation with one segment, the lesion, and one frame per source frame.

    highdicom creates the segmentation of one frame. It cannot create several frames without a frame of reference, which
    ultrasound lacks (highdicom issue 284), so the other frames are added here, each with its temporal position and its
    source frame.

    Args:
        path: file to write.
        masks: bool, shape (rows, columns), one per source frame.
        source: the ultrasound instance; its pixels are not used.
        frames: number of source frames.
        software: named as the algorithm of the segmentation.

    Raises:
        AttributeError, ValueError: the source lacks attributes that a segmentation must copy, such as its study.
    """
    segmentation = _one_frame(source, software)
    for reference in _references(segmentation):
        reference.ReferencedSOPClassUID = source.SOPClassUID
    segmentation.PatientOrientation = ""  # unknown for most ultrasound images, but the attribute is required
    if frames > 1:
        _add_frames(segmentation, frames)
    with ScratchFile("the masks") as scratch:  # those of a long clip may not fit into memory
        _write_bits(scratch, masks)
        scratch.file.seek(0)
        segmentation["PixelData"].value = scratch.file
        segmentation.save_as(path)


def _one_frame(source: Dataset, software: Software) -> highdicom.seg.Segmentation:
    # Without a frame of reference, which would require positions in the patient.
    template = reference_template(source, ("Rows", "Columns"))
    template.SOPClassUID = UltrasoundImageStorage  # highdicom does not know all classes
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
        omit_empty_frames=False,  # "no lesion" is a result, too
        content_label="LESION",
        content_description="Breast lesion, automatic; research only, not for diagnosis",
        series_description="Breast lesion, automatic; research only",
    )
    copy_identification(segmentation, source)
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
    time = copy.deepcopy(dimension)
    time.DimensionIndexPointer = Tag("TemporalPositionIndex")
    time.FunctionalGroupPointer = Tag("FrameContentSequence")
    time.DimensionDescriptionLabel = "Temporal Position Index"
    segmentation.DimensionIndexSequence = [dimension, time]
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


def _write_bits(scratch: ScratchFile, masks: Iterable[np.ndarray]) -> None:
    """Write masks as packed bits, without padding between frames (DICOM PS3.5, section 8.1.1)."""
    rest = np.empty(0, dtype=bool)
    for mask in masks:
        bits = np.concatenate([rest, mask.ravel()])
        end = bits.size // 8 * 8
        scratch.write(np.packbits(bits[:end], bitorder="little").tobytes())
        rest = bits[end:]
    if rest.size:
        scratch.write(np.packbits(rest, bitorder="little").tobytes())
    if scratch.file.tell() % 2:
        scratch.write(b"\0")
