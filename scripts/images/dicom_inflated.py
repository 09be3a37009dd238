# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check to how much a deflated DICOM file inflates, because pydicom inflates it as a whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydicom.filereader import _read_file_meta_info, read_preamble  # the first, to begin where pydicom begins
from pydicom.uid import DeflatedExplicitVRLittleEndian

from .limits import check_unpacked

BLOCK = 2**20  # bytes


def check_inflated(path: Path) -> None:
    """Check a DICOM file, deflated or not.

    Raises:
        InputError: it inflates to too much.
        Exception: it is damaged; pydicom raises errors of any type.
    """
    with path.open("rb") as file:
        read_preamble(file, force=True)
        if _read_file_meta_info(file).get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
            check_unpacked(path, _inflated(file))


def _inflated(file: BinaryIO) -> Iterator[bytes]:
    """Yield what follows in a file, inflated, in blocks."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = file.read(BLOCK)
    while packed and not inflater.eof:
        yield inflater.decompress(packed, BLOCK)
        packed = inflater.unconsumed_tail or file.read(BLOCK)
