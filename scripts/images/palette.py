# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The colours of PALETTE COLOR, from lookup tables as scanners write them."""

from __future__ import annotations

import numpy as np
from pydicom import Dataset
from pydicom.pixels import apply_color_lut

COLOURS = ("Red", "Green", "Blue")
DISCRETE, LINEAR, INDIRECT = 0, 1, 2  # kinds of segments (DICOM PS3.3, C.7.9.2)


def palette_colours(pixels: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return the colours that an instance's lookup tables give to its pixels.

    pydicom looks them up, once its tables are brought to one form: it takes their bytes as little endian, and 8-bit
    entries for 16-bit ones wherever they lie in 16 bits.

    Args:
        pixels: of one frame, shape (rows, columns).
        dataset: with the lookup tables, whole or segmented.

    Returns:
        uint8, shape (rows, columns, 3).

    Raises:
        ValueError: it has no lookup tables, or damaged ones.
    """
    descriptor = dataset.get("RedPaletteColorLookupTableDescriptor")
    if descriptor is None or len(descriptor) != 3:
        raise ValueError("it has no lookup tables, though its colours are those of a palette")
    count = int(descriptor[0]) & 0xFFFF or 2**16
    bits = int(descriptor[2])
    tables = [_table(dataset, colour, count, bits) for colour in COLOURS]
    levels = _eight_bits(np.stack(tables), bits)
    mended = Dataset()
    for colour, table in zip(COLOURS, levels.astype("<u2")):
        setattr(mended, f"{colour}PaletteColorLookupTableDescriptor", [count % 2**16, int(descriptor[1]), 16])
        setattr(mended, f"{colour}PaletteColorLookupTableData", table.tobytes())
    return apply_color_lut(pixels, mended).astype(np.uint8)


def _table(dataset: Dataset, colour: str, count: int, bits: int) -> np.ndarray:
    """Return the `count` entries of one colour's table."""
    name = f"{colour}PaletteColorLookupTableData"
    if name in dataset:
        content = _little_endian(dataset, name)
        # One byte an entry may be padded to an even number; 16 bits an entry, whatever the descriptor says, need two.
        is_wide = len(content) >= 2 * count and not (bits <= 8 and len(content) == count + count % 2)
        table = _entries(content, is_wide)
    elif f"Segmented{name}" in dataset:
        table = _segmented_table(dataset, f"Segmented{name}", count, bits > 8)
    else:
        raise ValueError(f"it has no lookup table of {colour.lower()}")
    if not len(table):
        raise ValueError(f"its lookup table of {colour.lower()} is empty")
    return np.concatenate([table[:count], np.repeat(table[-1:], max(0, count - len(table)))])


def _segmented_table(dataset: Dataset, name: str, count: int, is_wide: bool) -> np.ndarray:
    """Return the entries of a segmented table: the reading of its bytes that gives as many as it should have."""
    readings = [_little_endian(dataset, name)]
    if not is_wide:
        readings.append(dataset[name].value or b"")  # some programs do not swap single bytes
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
    """Return the bytes of an element in the order of little endian: big endian swaps those of each word."""
    element = dataset[name]
    value = element.value or b""
    if not isinstance(value, bytes):  # read as numbers, which are in no order
        return np.asarray(value, dtype="<u2").tobytes()
    is_little_endian = dataset.original_encoding[1]
    if is_little_endian is None:
        is_little_endian = dataset.file_meta.TransferSyntaxUID.is_little_endian
    if is_little_endian or element.VR == "OB":
        return value
    return np.frombuffer(value[: len(value) // 2 * 2], dtype=np.uint16).byteswap().tobytes()


def _expanded(data: np.ndarray, is_wide: bool) -> np.ndarray:
    """Return the entries of a segmented table (DICOM PS3.3, C.7.9.2)."""
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
                # The standard counts bytes, some programs entries.
                target = offset // 2 if is_wide and offset // 2 in starts else offset
                if target not in starts:
                    raise ValueError("a segment of its lookup tables refers to none")
                expand(target, length)
            else:
                raise ValueError("a segment of its lookup tables is damaged")
            if kind != INDIRECT:
                starts.add(start)
            if len(table) > 2**16:
                raise ValueError("a segmented lookup table has too many entries")

    expand(0, len(data))
    return np.array(table, dtype=np.int64)


def _eight_bits(tables: np.ndarray, bits: int) -> np.ndarray:
    """Return tables with entries of 8 bits.

    How many bits the entries have shows in the largest of them: values of 8 bits are written into 16 in the low byte or
    in the high one, and as many descriptors say the one as the other.
    """
    used = int(tables.max()).bit_length()
    depth = min(depth for depth in (8, 12, 16, bits) if depth >= max(used, 8))
    return tables >> (depth - 8)
