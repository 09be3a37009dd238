# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Carry patient and study of an ultrasound instance over to DICOM objects that refer to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydicom import Dataset
from pydicom.uid import UltrasoundImageStorage

# Attributes that must be present but may be empty (DICOM type 2).
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


def reference_template(source: Dataset, names: Sequence[str]) -> Dataset:
    """Return only what highdicom needs of an instance to refer to it.

    highdicom rejects values that violate the standard, such as dates of some scanners. Patient and study are copied
    unchanged afterwards, see `copy_identification`.

    Args:
        source: the instance.
        names: attributes to copy, beside the UIDs of study, series and instance and the modality.

    Raises:
        KeyError: the source lacks one of the attributes.
    """
    template = Dataset()
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "Modality", *names):
        setattr(template, name, source[name].value)
    for name in MAY_BE_EMPTY:
        setattr(template, name, "")
    return template


def copy_identification(target: Any, source: Dataset) -> None:
    """Copy patient and study in the source's character set, and whether its dates were removed.

    Args:
        target: object of highdicom.
        source: the instance.
    """
    identification = Dataset()
    for group in (0x0008, 0x0010, 0x0012, 0x0020, 0x0032):
        identification.update(source.group_dataset(group))
    identification.add_new("SOPClassUID", "UI", UltrasoundImageStorage)  # highdicom does not know all classes
    target.copy_patient_and_study_information(identification)
    for name in ("SpecificCharacterSet", "LongitudinalTemporalInformationModified"):
        if name in source:
            setattr(target, name, source[name].value)
