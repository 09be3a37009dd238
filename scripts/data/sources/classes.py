# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The class of an image, from the name in a folder or a table."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ..records import CLASSES, Record


def class_of(name: str, where: Path | str) -> str:
    """Return the class called `name`, ignoring case; an empty name is ``"unknown"``.

    Raises:
        InputError: an unknown name; the message says `where` it was read.
    """
    known = name.strip().lower() or "unknown"
    if known not in CLASSES:
        raise InputError(f"{where}: unknown class {name!r}; the classes are {', '.join(CLASSES)}")
    return known


def require_mask(record: Record) -> Record:
    """Return `record`; raise if it has no mask and is not normal, since its lesion would count as background."""
    if not record.masks and record.label_class != "normal":
        raise InputError(f"{record.image}: no mask found for this image (class {record.label_class})")
    return record
