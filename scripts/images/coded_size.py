# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the size of an image from its code, before a decoder makes room for it."""

from __future__ import annotations

import struct

CODESTREAM = b"\xff\x4f\xff\x51"  # start of JPEG 2000, and of the segment that has its size
BOXES = b"\x00\x00\x00\x0cjP"  # start of a JPEG 2000 file, in one of whose boxes the code is
# Second bytes of the markers whose segments have the size: of JPEG in all its kinds, and of JPEG-LS.
SIZES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}


def coded_size(code: bytes) -> tuple[int, int] | None:
    """Return the rows and columns of an image in JPEG, JPEG-LS or JPEG 2000, None where they cannot be found."""
    if code.startswith(BOXES):
        code = _codestream(code)
    if code.startswith(CODESTREAM):
        if len(code) < 24:
            return None
        right, bottom, left, top = struct.unpack_from(">4I", code, 8)
        return bottom - top, right - left
    place = 2
    while place + 9 <= len(code) and code[place] == 0xFF:
        marker = code[place + 1]
        if marker in SIZES:
            rows, columns = struct.unpack_from(">HH", code, place + 5)
            return rows, columns
        place += 1 if marker == 0xFF else 2 + int.from_bytes(code[place + 2 : place + 4])
    return None


def _codestream(code: bytes) -> bytes:
    """Return the content of the first box with a code."""
    place = 0
    while place + 8 <= len(code):
        length, kind = struct.unpack_from(">I4s", code, place)
        if kind == b"jp2c":
            return code[place + 8 :]
        if length < 8:  # of a length that is told elsewhere, or to the end
            break
        place += length
    return b""
