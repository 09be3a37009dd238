# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The description of one image of a data set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CLASSES = ("benign", "malignant", "normal", "unknown")


@dataclass(frozen=True)
class Record:
    """An image with its masks and metadata.

    Attributes:
        image: path of the image file.
        masks: paths of the lesion masks, whose union is the label; empty without a lesion.
        label_class: one of `CLASSES`.
        patient: identifier of the patient or case, None if unknown.
        spacing: pixel size (row, column) in millimetres, None if unknown.
        empty_masks: masks that should be empty, and are not part of the label.
    """

    image: Path
    masks: tuple[Path, ...]
    label_class: str
    patient: str | None = None
    spacing: tuple[float, float] | None = None
    empty_masks: tuple[Path, ...] = ()
