# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""PALETTE COLOR: every way of writing a lookup table gives the grey levels that it stands for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.prediction.batches import ellipse, scene

pytest.importorskip("highdicom", reason="needs requirements-predict.txt")

from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian  # noqa: E402

from scripts.errors import InputError  # noqa: E402
from scripts.images.single_image import read_image  # noqa: E402
from tests.images.dicom import instance, write  # noqa: E402

SHAPE = (61, 84)
GREY = scene(ellipse(SHAPE, (30, 44), (22, 12), 20))
INDEX = 255 - GREY  # what the pixels store; the table turns it about
TABLE = 255 - np.arange(256)
COLOURS = ("Red", "Green", "Blue")
ENDIANS = {"<": ExplicitVRLittleEndian, ">": ExplicitVRBigEndian, "implicit": ImplicitVRLittleEndian}


def words(values, endian):
    return np.asarray(values).astype(">u2" if endian == ">" else "<u2").tobytes()


def packed(values, endian):
    """One byte an entry, two in each word: the first is the low byte."""
    content = np.asarray(values).astype(np.uint8).tobytes()
    content += bytes(len(content) % 2)
    return content if endian != ">" else np.frombuffer(content, "<u2").astype(">u2").tobytes()


def palette(descriptor, content, endian="<", segmented=False, pixels=INDEX, **changes):
    dataset = instance(pixels, "PALETTE COLOR", **changes)
    dataset.file_meta.TransferSyntaxUID = ENDIANS[endian]
    if endian == ">" and pixels.dtype.itemsize == 2:
        dataset.PixelData = pixels.astype(">u2").tobytes()
    for colour in COLOURS:
        prefix = "Segmented" if segmented else ""
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", descriptor)
        setattr(dataset, f"{prefix}{colour}PaletteColorLookupTableData", content)
        dataset[f"{prefix}{colour}PaletteColorLookupTableData"].VR = "OW"
    return dataset


# Descriptor's bits, and the words or bytes of a table.
WIDE = {
    "high byte": (16, lambda v: v << 8),
    "both bytes": (16, lambda v: v * 257),
    "low byte": (16, lambda v: v),
    "low byte, described as 8 bits": (8, lambda v: v),
    "high byte, described as 8 bits": (8, lambda v: v << 8),
    "12 bits": (12, lambda v: v << 4),
    "12 bits, described as 16": (16, lambda v: v << 4),
    "low byte, described as 12 bits": (12, lambda v: v),
    "high byte, described as 12 bits": (12, lambda v: v << 8),
    "10 bits": (10, lambda v: v << 2),
}


@pytest.mark.parametrize("endian", ENDIANS)
@pytest.mark.parametrize("name", WIDE)
def test_entries_of_16_bits(tmp_path, name, endian):
    bits, entry = WIDE[name]
    path = write(palette([256, 0, bits], words(entry(TABLE), endian), endian), tmp_path)
    assert (read_image(path) == GREY).all()


@pytest.mark.parametrize("endian", ENDIANS)
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("count", [255, 256])
def test_entries_of_8_bits(tmp_path, endian, bits, count):
    path = write(palette([count, 0, bits], packed(TABLE[:count], endian), endian), tmp_path)
    assert (read_image(path) == np.maximum(GREY, 256 - count)).all()  # beyond the table its last entry counts


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("bits, entry", [(8, lambda v: v), (12, lambda v: v << 4), (16, lambda v: v << 8)])
def test_segments(tmp_path, endian, bits, entry):
    """Discrete, linear, and, counted in bytes or in entries, a copy of what stood before."""
    wide = bits > 8
    low = entry(TABLE[:4])
    halves = [0, 4, *low, 1, 252, entry(0)]
    stored = packed(halves, endian) if not wide else words(halves, endian)
    path = write(palette([256, 0, bits], stored, endian, segmented=True), tmp_path)
    assert np.abs(read_image(path) - GREY).max() <= 1  # a straight line, rounded


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("wide, in_bytes", [(False, True), (True, True), (True, False)])
def test_a_segment_may_repeat_others(tmp_path, endian, wide, in_bytes):
    pixels = np.tile(np.arange(8, dtype=np.uint8), (4, 2))
    scale = 257 if wide else 1
    first, second = [0, 2, 0, 10 * scale], [0, 2, 250 * scale, 20 * scale]
    start = len(first) * (2 if wide and in_bytes else 1)
    offset = [start, 0] if wide else [start, 0, 0, 0]
    data = [*first, *second, 2, 1, *offset, 2, 2, *([0, 0] if wide else [0, 0, 0, 0])]
    stored = words(data, endian) if wide else packed(data, endian)
    path = write(palette([8, 0, 16 if wide else 8], stored, endian, segmented=True, pixels=pixels), tmp_path)
    expected = np.array([0, 10, 250, 20, 250, 20, 0, 10])
    assert (read_image(path)[0, :8] == expected).all()


def test_segments_of_single_bytes_that_were_not_swapped(tmp_path):
    data = bytes([0, 4, *TABLE[:4].tolist(), 1, 252, 0, 0])
    path = write(palette([256, 0, 8], data, ">", segmented=True), tmp_path)
    assert np.abs(read_image(path) - GREY).max() <= 1


@pytest.mark.parametrize("first", [0, 20, -5])
def test_a_table_that_begins_elsewhere(tmp_path, first):
    signed = first < 0
    pixels = (np.arange(256).reshape(16, 16) % 100 + first - 3).clip(0 if not signed else -100)
    pixels = pixels.astype(np.int16 if signed else np.uint16)
    dataset = palette([50, first, 16], words(np.arange(50) * 5 * 257, "<"), pixels=pixels)
    expected = 5 * (pixels.astype(int) - first).clip(0, 49)
    if signed:
        for colour in COLOURS:
            dataset[f"{colour}PaletteColorLookupTableDescriptor"].VR = "SS"
    assert (read_image(write(dataset, tmp_path)) == expected).all()


@pytest.mark.parametrize("count", [4096, 65536])
@pytest.mark.parametrize("wide", [True, False])
def test_tables_of_many_entries(tmp_path, count, wide):
    pixels = np.linspace(0, count - 1, 64 * 64).astype(np.uint16).reshape(64, 64)
    table = np.arange(count) * 255 // (count - 1)
    stored = words(table * 257, "<") if wide else packed(table, "<")
    path = write(palette([count % 65536, 0, 16 if wide else 8], stored, pixels=pixels), tmp_path)
    assert (read_image(path) == table[pixels]).all()


def test_colours_are_weighed_as_in_pictures(tmp_path):
    dataset = palette([256, 0, 16], words(TABLE << 8, "<"))
    dataset.BluePaletteColorLookupTableData = dataset.RedPaletteColorLookupTableData = bytes(512)
    assert np.abs(read_image(write(dataset, tmp_path)) - 0.587 * GREY).max() < 1


@pytest.mark.parametrize(
    "data, message",
    [
        ([1, 2, 3], "damaged"),  # a line from nowhere
        ([0, 9, 1], "damaged"),  # longer than there is
        ([0, 1, 1, 2, 1, 7, 0], "refers to a missing segment"),
        ([7, 1, 1], "damaged"),
        ([0, 1, 5, 1, 65535, 9, 1, 65535, 9], "more than 65,536 entries"),
    ],
)
def test_damaged_segments_are_told(tmp_path, data, message):
    path = write(palette([256, 0, 16], words(data, "<"), segmented=True), tmp_path)
    with pytest.raises(InputError, match=message):
        read_image(path)


def test_no_table_and_an_empty_one_are_told(tmp_path):
    dataset = palette([256, 0, 16], b"")
    with pytest.raises(InputError, match="lookup table"):
        read_image(write(dataset, tmp_path))
    del dataset.GreenPaletteColorLookupTableData
    with pytest.raises(InputError, match="lookup table"):
        read_image(write(dataset, tmp_path))
