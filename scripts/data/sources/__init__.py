# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Dataset folders as they are published: one module a layout, found by looking at the folder.

A module has a ``NAME``, a ``LAYOUT`` line for error messages, ``matches(folder)``, cheap, and ``read(folder)``.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...images.listing import natural_key
from ..records import Record
from . import breast, bus_bra, busi, generic, udiat

# The layouts with names of their own come before the generic one, which would match BUS-BRA too.
_SOURCES = (busi, breast, udiat, bus_bra, generic)


def read_dataset(folder: str | Path) -> tuple[str, list[Record]]:
    """Read a dataset folder, or the folder around it, in whichever known layout it is.

    Args:
        folder: the folder that holds the layout, or one that holds it as its only such sub-folder, as the archives
            unpack.

    Returns:
        The name of the source and its records in the natural order of their paths.

    Raises:
        InputError: for a folder that is missing, in no known layout, without images or ambiguous, and for whatever
            is wrong in it: a mask or an image without the other, an unknown class, a table that does not fit.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: {'not a folder' if folder.exists() else 'no such folder'}")
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = _find(folder, [folder]) or _find(folder, inner)
    if found is None:
        layouts = "; ".join(f"{source.NAME} ({source.LAYOUT})" for source in _SOURCES)
        raise InputError(f"{folder}: no dataset in a known layout; those are {layouts}")
    source, root = found
    records = sorted(source.read(root), key=lambda record: natural_key(record.image))
    if not records:
        raise InputError(f"{root}: no images in this {source.NAME} folder ({source.LAYOUT})")
    return source.NAME, records


def _find(folder: Path, candidates: list[Path]) -> tuple | None:
    """Return the source and the folder of the one candidate that a source matches, None where none does."""
    found = []
    for candidate in candidates:
        source = next((source for source in _SOURCES if source.matches(candidate)), None)
        if source is not None:
            found.append((source, candidate))
    if len(found) > 1:
        names = ", ".join(candidate.name for _, candidate in found)
        raise InputError(f"{folder}: holds several datasets ({names}); give the folder of one")
    return found[0] if found else None
