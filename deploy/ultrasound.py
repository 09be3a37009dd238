# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check the input folder of the application: exactly one ultrasound image."""

from __future__ import annotations

from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from scripts.errors import InputError
from scripts.images.dicom_frames import count_frames

ONE_IMAGE = "this application takes one image at a time"


def check_input(folder: str | Path) -> None:
    """Check that a folder has exactly one ultrasound image, with one frame.

    Args:
        folder: folder to search, with subfolders; files that are not DICOM are ignored.

    Raises:
        InputError: the folder has no ultrasound image or several, or the image is not supported.
    """
    found, others = [], 0
    for path in sorted(Path(folder).rglob("*")):
        if not path.is_file():
            continue
        try:
            dataset = dcmread(path, defer_size=1024)
        except (InvalidDicomError, OSError):
            continue
        if dataset.get("Modality") == "US" and "Rows" in dataset:
            found.append((path, dataset))
        else:
            others += 1
    if not found:
        seen = f"{others} other DICOM files" if others else "no DICOM file"
        raise InputError(f"{folder}: no ultrasound image; the folder has {seen}")
    if len(found) > 1:
        raise InputError(f"{folder}: has {len(found)} ultrasound images, but {ONE_IMAGE}")
    path, dataset = found[0]
    missing = [name for name in ("PixelData", "SOPInstanceUID", "StudyInstanceUID") if name not in dataset]
    if missing:
        raise InputError(f"{path}: has no attribute {missing[0]}")
    if (frames := count_frames(dataset, path)) > 1:
        raise InputError(f"{path}: has {frames} frames, but {ONE_IMAGE}")
