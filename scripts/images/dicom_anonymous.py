# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What DICOM objects may tell of an ultrasound instance without telling of the patient.

Instead of removing what PS3.15 lists, only what is named here is kept: nothing that a scanner or an archive adds can be
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable

from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import UID, UltrasoundImageStorage

from .dicom_source import MAY_BE_EMPTY

IDENTIFIER = 16  # digits of an anonymous patient; the attribute may have 64
METHOD = "Only size, class and new UIDs of the image are kept"  # at most 64 characters


def anonymous_source(source: Dataset, replaced: Callable[[str], str]) -> Dataset:
    """Return what a segmentation or a report needs of an instance, after PS3.15's basic profile.

    Study, series and instance have new UIDs, and the patient a new identifier, the same ones in all objects that are
    made with the same `replaced`. All other attributes of patient and study are empty.

    Args:
        source: the instance.
        replaced: returns 32 hexadecimal digits that stand for a text.
    """
    known = UID(str(source.SOPClassUID))
    kept = Dataset()
    for name in MAY_BE_EMPTY:
        setattr(kept, name, "")
    kept.SOPClassUID = known if known.keyword else UltrasoundImageStorage
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        setattr(kept, name, new_uid(str(source[name].value), replaced))
    kept.Modality, kept.Rows, kept.Columns = "US", int(source.Rows), int(source.Columns)
    kept.PatientID = kept.PatientName = replaced(f"patient {source.get('PatientID', '')}")[:IDENTIFIER]
    kept.PatientIdentityRemoved, kept.DeidentificationMethod = "YES", METHOD
    kept.LongitudinalTemporalInformationModified = "REMOVED"
    profile = codes.DCM.BasicApplicationConfidentialityProfile
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = profile.value, "DCM", profile.meaning
    kept.DeidentificationMethodCodeSequence = [code]
    return kept


def new_uid(uid: str, replaced: Callable[[str], str]) -> UID:
    """Return the UID that stands for another one: UUID-derived, under the root 2.25."""
    return UID(f"2.25.{int(replaced(uid), 16)}")
