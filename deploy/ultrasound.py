# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What the SDK's operators, made for slices of a volume, do not know of ultrasound: single images."""

from __future__ import annotations

from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from scripts.images.dicom_frames import count_frames

FIRST_IMAGE_ONLY = "this application takes one image at a time"


class InputMistake(ValueError):
    """What is wrong with the input folder or the model, and what to do."""


def check_input(folder: str | Path) -> None:
    """Make sure that a folder holds one ultrasound image, of one frame, before anything is loaded for it.

    Args:
        folder: searched with its sub-folders; files that are not DICOM are passed over.

    Raises:
        InputMistake: it holds none, several, or one that this application cannot do.
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
        seen = f"{others} DICOM files, none of them an ultrasound image" if others else "no DICOM file"
        raise InputMistake(f"{folder}: there is {seen}")
    if len(found) > 1:
        raise InputMistake(f"{folder}: there are {len(found)} ultrasound images, but {FIRST_IMAGE_ONLY}")
    path, dataset = found[0]
    missing = [name for name in ("PixelData", "SOPInstanceUID", "StudyInstanceUID") if name not in dataset]
    if missing:
        raise InputMistake(f"{path}: it has no {missing[0]}")
    if (frames := count_frames(dataset, path)) > 1:
        raise InputMistake(f"{path}: it has {frames} frames, but {FIRST_IMAGE_ONLY}")
