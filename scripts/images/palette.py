# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Apply the colour lookup tables of DICOM images with PALETTE COLOR."""

from __future__ import annotations

import numpy as np
from pydicom import Dataset
from pydicom.pixels import apply_color_lut

from ..errors import InputError

COLOURS = ("Red", "Green", "Blue")
DISCRETE, LINEAR, INDIRECT = 0, 1, 2  # kinds of segments (DICOM PS3.3, C.7.9.2)


def palette_colours(pixels: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return the colours of pixels by the lookup tables of their instance.

    The tables are first converted to one form, because pydicom reads all of them as little endian, and 8-bit entries
    stored in 16 bits as 16-bit entries.

    Args:
        pixels: one frame, shape (rows, columns).
        dataset: instance with the lookup tables, plain or segmented.

    Returns:
        uint8, shape (rows, columns, 3).

    Raises:
        InputError: the lookup tables are missing or damaged.
    """
    descriptor = dataset.get("RedPaletteColorLookupTableDescriptor")
    if descriptor is None or len(descriptor) != 3:
        raise InputError("PALETTE COLOR without colour lookup tables")
    count = int(descriptor[0]) & 0xFFFF or 2**16
    bits = int(descriptor[2])
    tables = [_table(dataset, colour, count, bits) for colour in COLOURS]
    levels = _eight_bits(np.stack(tables), bits)
    converted = Dataset()
    for colour, table in zip(COLOURS, levels.astype("<u2")):
        setattr(converted, f"{colour}PaletteColorLookupTableDescriptor", [count % 2**16, int(descriptor[1]), 16])
        setattr(converted, f"{colour}PaletteColorLookupTableData", table.tobytes())
    return apply_color_lut(pixels, converted).astype(np.uint8)


def _table(dataset: Dataset, colour: str, count: int, bits: int) -> np.ndarray:
    """Return the `count` entries of one colour's table."""
    name = f"{colour}PaletteColorLookupTableData"
    if name in dataset:
        content = _little_endian(dataset, name)
        # Decided by length, whatever the descriptor says; a table of bytes may be padded to an even length.
        is_wide = len(content) >= 2 * count and not (bits <= 8 and len(content) == count + count % 2)
        table = _entries(content, is_wide)
    elif f"Segmented{name}" in dataset:
        table = _segmented_table(dataset, f"Segmented{name}", count, bits > 8)
    else:
        raise InputError(f"the {colour.lower()} lookup table is missing")
    if not len(table):
        raise InputError(f"the {colour.lower()} lookup table is empty")
    return np.concatenate([table[:count], np.repeat(table[-1:], max(0, count - len(table)))])


def _segmented_table(dataset: Dataset, name: str, count: int, is_wide: bool) -> np.ndarray:
    """Return the entries of a segmented table, read in the byte order that gives the expected number of entries."""
    readings = [_little_endian(dataset, name)]
    if not is_wide:
        readings.append(dataset[name].value or b"")  # some programs do not swap 8-bit entries
    tables, problem = [], None
    for content in readings:
        try:
            tables.append(_expanded(_entries(content, is_wide), is_wide))
        except ValueError as error:
            problem = problem or error
    if problem is not None and not tables:
        raise problem
    return next((table for table in tables if len(table) == count), tables[0])


def _entries(content: bytes, is_wide: bool) -> np.ndarray:
    if is_wide:
        return np.frombuffer(content[: len(content) // 2 * 2], dtype="<u2").astype(np.int64)
    return np.frombuffer(content, dtype=np.uint8).astype(np.int64)


def _little_endian(dataset: Dataset, name: str) -> bytes:
    """Return the bytes of an element in little endian order."""
    element = dataset[name]
    value = element.value or b""
    if not isinstance(value, bytes):  # pydicom has converted them to numbers
        return np.asarray(value, dtype="<u2").tobytes()
    is_little_endian = dataset.original_encoding[1]
    if is_little_endian is None:
        is_little_endian = dataset.file_meta.TransferSyntaxUID.is_little_endian
    if is_little_endian or element.VR == "OB":
        return value
    return np.frombuffer(value[: len(value) // 2 * 2], dtype=np.uint16).byteswap().tobytes()


def _expanded(data: np.ndarray, is_wide: bool) -> np.ndarray:
    """Expand a segmented table to its entries (DICOM PS3.3, C.7.9.2)."""
    table: list[int] = []
    starts: set[int] = set()

    def expand(position: int, most: int) -> None:
        for _ in range(most):
            if position + 2 > len(data) or (
                position + 2 == len(data) and not data[position + 1]
            ):  # the end, or padding
                return
            kind, length = int(data[position]), int(data[position + 1])
            start, position = position, position + 2
            if kind == DISCRETE and position + length <= len(data):
                table.extend(map(int, data[position : position + length]))
                position += length
            elif kind == LINEAR and table and position < len(data):
                table.extend(np.rint(np.linspace(table[-1], int(data[position]), length + 1)[1:]).astype(int))
                position += 1
            elif kind == INDIRECT and starts and position + (2 if is_wide else 4) <= len(data):
                words = data[position : position + (2 if is_wide else 4)]
                offset = int(sum(int(word) << (16 if is_wide else 8) * place for place, word in enumerate(words)))
                position += len(words)
                # An offset in bytes according to the standard; some programs write it in entries.
                target = offset // 2 if is_wide and offset // 2 in starts else offset
                if target not in starts:
                    raise InputError("a segment of a lookup table refers to a missing segment")
                expand(target, length)
            else:
                raise InputError("a segment of a lookup table is damaged")
            if kind != INDIRECT:
                starts.add(start)
            if len(table) > 2**16:
                raise InputError("a segmented lookup table has more than 65,536 entries")

    expand(0, len(data))
    return np.array(table, dtype=np.int64)


def _eight_bits(tables: np.ndarray, bits: int) -> np.ndarray:
    """Return tables scaled to 8-bit entries.

    The bit depth is taken from the largest entry, because descriptors are unreliable: 8-bit values in 16-bit entries
    are written to the low or to the high byte.
    """
    used = int(tables.max()).bit_length()
    depth = min(depth for depth in (8, 12, 16, bits) if depth >= max(used, 8))
    return tables >> (depth - 8)
