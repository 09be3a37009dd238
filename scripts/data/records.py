# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One image of a dataset folder, as every source describes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CLASSES = ("benign", "malignant", "normal", "unknown")


@dataclass(frozen=True)
class Record:
    """An image, its masks and what the source says of them.

    Attributes:
        image: path of the image file.
        masks: paths of its lesion masks, whose union is the label; empty where the source marks no lesion.
        label_class: one of `CLASSES`; ``"unknown"`` where the source does not say.
        patient: the source's own name of the patient or case, None where it gives none.
        spacing: pixel size (row, column) in millimetres, None where the source gives none.
        empty_masks: masks that mark nothing, if the source is right, and so are no part of the label.
    """

    image: Path
    masks: tuple[Path, ...]
    label_class: str
    patient: str | None = None
    spacing: tuple[float, float] | None = None
    empty_masks: tuple[Path, ...] = ()
