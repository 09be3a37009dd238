# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the measurements of lesions as a DICOM structured report of the template Measurement Report (TID 1500)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from highdicom import UID, sr
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from .dicom_source import copy_identification, reference_template
from .image_file import MeasuredLesion, Software

Group = sr.PlanarROIMeasurementsAndQualitativeEvaluations | sr.MeasurementsAndQualitativeEvaluations
SERIES_NUMBER = 901  # beside the segmentation, whose series is 900


def write_measurements(
    path: Path, lesions: Sequence[MeasuredLesion], source: Dataset, frame: int | None, software: Software
) -> None:
    """Write a report with the diameters, the area and the certainty of each lesion of one image.

    Each lesion refers to its outline in the image, and its diameters to their end points. The report is preliminary
    and not verified.

    Args:
        path: file to write.
        lesions: the lesions, at least one.
        source: the ultrasound instance; its pixels are not used.
        frame: number of the frame in a clip, from 1; None for an instance with one image.
        software: named as the device that made the measurements.

    Raises:
        KeyError, ValueError: the source lacks attributes that a report must copy, such as its study.
    """
    image = sr.SourceImageForRegion(source.SOPClassUID, source.SOPInstanceUID, None if frame is None else [frame])
    observer = sr.DeviceObserverIdentifyingAttributes(
        uid=generate_uid(entropy_srcs=list(software)),  # the same for all reports of this version
        name=software.name,
        manufacturer_name=software.name,
        model_name=software.name,
        serial_number=software.version,
    )
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(
            observer_device_context=sr.ObserverContext(
                observer_type=codes.DCM.Device, observer_identifying_attributes=observer
            )
        ),
        procedure_reported=codes.SCT.UltrasonographyOfBreast,
        imaging_measurements=[
            group for number, lesion in enumerate(lesions, 1) for group in _groups(number, lesion, image, software)
        ],
        title=codes.DCM.ImagingMeasurementReport,
    )
    report = sr.ComprehensiveSR(
        evidence=[reference_template(source, ("SOPClassUID",))],
        content=content,
        series_instance_uid=UID(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=UID(),
        instance_number=1,
        manufacturer=software.name,
        manufacturer_model_name=software.name,
        software_versions=software.version,
        device_serial_number=software.version,
        is_complete=True,
        is_final=False,
        is_verified=False,
        series_description="Breast lesion, automatic; research only",
    )
    copy_identification(report, source)
    report.save_as(path)


def _groups(number: int, lesion: MeasuredLesion, image: sr.SourceImageForRegion, software: Software) -> list[Group]:
    """Return the outline with area and certainty, and the diameters with their end points, of one lesion.

    Two groups, because in a group with an outline (TID 1410) measurements may not refer to points.
    """
    common = {
        "tracking_identifier": sr.TrackingIdentifier(uid=UID(), identifier=f"Lesion {number}"),
        "finding_type": codes.SCT.Lesion,
        "finding_category": codes.SCT.MorphologicallyAbnormalStructure,
        "finding_sites": [sr.FindingSite(codes.SCT.Breast)],
        "algorithm_id": sr.AlgorithmIdentification(name=software.name, version=software.version),
    }
    outline = np.array([*lesion.outline, lesion.outline[0]], dtype=np.float32)  # a region must be closed
    region = sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        referenced_region=sr.ImageRegion(sr.GraphicTypeValues.POLYLINE, outline, image),
        measurements=[
            sr.Measurement(codes.SCT.Area, round(lesion.area, 3), codes.UCUM.SquareMillimeter),
            sr.Measurement(codes.DCM.CertaintyOfFinding, round(100 * lesion.confidence, 1), codes.UCUM.Percent),
        ],
        **common,
    )
    diameters = sr.MeasurementsAndQualitativeEvaluations(
        measurements=[
            sr.Measurement(name, round(length, 3), codes.UCUM.Millimeter, referenced_coordinates=[_line(ends, image)])
            for name, length, ends in zip((codes.SCT.LongAxis, codes.SCT.ShortAxis), lesion.diameters, lesion.calipers)
        ],
        **common,
    )
    return [region, diameters]


def _line(ends: Sequence[Sequence[float]], image: sr.SourceImageForRegion) -> sr.CoordinatesForMeasurement:
    return sr.CoordinatesForMeasurement(sr.GraphicTypeValues.POLYLINE, np.array(ends, dtype=np.float32), image)
