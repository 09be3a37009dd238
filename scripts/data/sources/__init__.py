# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Readers of published data sets: one module for each folder layout, chosen by looking at the folder.

A module defines ``NAME``, ``LAYOUT`` (a line for error messages), a fast ``matches(folder)``, and ``read(folder)``.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...images.listing import entries, natural_key
from ..records import Record
from . import breast, bus_bra, busi, generic, udiat

# The generic layout comes last, because it also matches BUS-BRA.
_SOURCES = (busi, breast, udiat, bus_bra, generic)
NAMES = tuple(source.NAME for source in _SOURCES)


def read_dataset(folder: str | Path) -> tuple[str, list[Record]]:
    """Read a dataset folder in any known layout.

    Args:
        folder: folder of the data set, or a folder with exactly one data set as a subfolder, as archives unpack.

    Returns:
        The name of the data set and its records, in the natural order of their paths.

    Raises:
        InputError: a folder that is missing, ambiguous, without images or in no known layout; an image without mask or
            a mask without image; an unknown class; an invalid table.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: {'not a folder' if folder.exists() else 'no such folder'}")
    inner = [path for path in entries(folder) if path.is_dir() and not path.name.startswith(".")]
    found = _find(folder, [folder]) or _find(folder, inner)
    if found is None:
        layouts = "; ".join(f"{source.NAME} ({source.LAYOUT})" for source in _SOURCES)
        raise InputError(f"{folder}: not a data set in a known layout; the layouts are {layouts}")
    source, root = found
    records = sorted(source.read(root), key=lambda record: natural_key(record.image))
    if not records:
        raise InputError(f"{root}: no images in this {source.NAME} folder ({source.LAYOUT})")
    return source.NAME, records


def _find(folder: Path, candidates: list[Path]) -> tuple | None:
    """Return the reader and the folder of the only matching candidate, None if there is none."""
    found = []
    for candidate in candidates:
        source = next((source for source in _SOURCES if source.matches(candidate)), None)
        if source is not None:
            found.append((source, candidate))
    if len(found) > 1:
        names = ", ".join(candidate.name for _, candidate in found)
        raise InputError(f"{folder}: contains several data sets ({names}); give the folder of one")
    return found[0] if found else None
