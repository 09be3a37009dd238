# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The class an image is in, as a folder or a table names it."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ..records import CLASSES, Record


def class_of(name: str, where: Path | str) -> str:
    """Return the class called `name`, in capitals or not; an empty name is ``"unknown"``.

    Raises:
        InputError: for any other name, telling `where` it was read.
    """
    known = name.strip().lower() or "unknown"
    if known not in CLASSES:
        raise InputError(f"{where}: unknown class {name!r}; the classes are {', '.join(CLASSES)}")
    return known


def require_mask(record: Record) -> Record:
    """Return `record`, unless it lacks a mask: only a normal image may, or a lesion would pass for background."""
    if not record.masks and record.label_class != "normal":
        raise InputError(f"{record.image}: no mask found for this image (class {record.label_class})")
    return record
