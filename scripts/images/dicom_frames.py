# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The pixel data of a DICOM file: how many frames it holds, and what they decode to."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.encaps import generate_fragments, parse_basic_offsets
from pydicom.pixels import iter_pixels, pixel_array
from pydicom.pixels.utils import get_expected_length
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from .gdcm_process import decode_apart

# Which of pydicom's decoders to use for kinds of compression that GDCM decodes as well; None where it alone does.
PLUGINS = {
    JPEGBaseline8Bit: "pillow",
    JPEGExtended12Bit: "pillow",
    JPEGLossless: None,
    JPEGLosslessSV1: None,
    JPEGLSLossless: "pyjpegls",
    JPEGLSNearLossless: "pyjpegls",
    JPEG2000Lossless: "pillow",
    JPEG2000: "pillow",
}
# How a coded frame begins: JPEG and JPEG-LS, JPEG 2000 without and with the header of a file.
STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP")


def count_frames(dataset: Dataset, path: Path) -> int:
    """Return how many frames an instance has: what it says, or, where it says nothing, what its pixel data holds.

    Args:
        dataset: the instance, its pixel data read or not.
        path: where it was read from.
    """
    if dataset.get("NumberOfFrames"):
        return int(dataset.NumberOfFrames)
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        dataset.NumberOfFrames = 1
        return max(1, pixel_bytes(dataset, path) // get_expected_length(dataset))
    if offsets := dataset.get("ExtendedOffsetTable"):
        return len(offsets) // 8
    with _pixel_data(dataset, path) as data:
        if offsets := parse_basic_offsets(data):
            return len(offsets)
        begun = [
            fragment.startswith(STARTS) or dataset.file_meta.TransferSyntaxUID == RLELossless
            for fragment in generate_fragments(data)
        ]
    return max(1, sum(begun))


def pixel_bytes(dataset: Dataset, path: Path) -> int:
    """Return the length of uncompressed pixel data that is there, which may be less than the header says."""
    pixels = dataset.get_item("PixelData", keep_deferred=True)
    if isinstance(pixels, RawDataElement) and pixels.value is None:  # still in the file
        return min(pixels.length, path.stat().st_size - pixels.value_tell)
    return len(pixels.value)


def decoded_frames(source: Dataset | Path, dataset: Dataset, path: Path, frames: int) -> Iterator[np.ndarray]:
    """Yield the pixels of each frame as `pydicom.pixels.iter_pixels` does.

    Args:
        source: what to read them from.
        dataset: the instance.
        path: its file.
        frames: their number.

    Raises:
        Exception: of pydicom's decoders, nearly any.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    options: dict[str, Any] = {}
    if isinstance(source, Path):
        options = {"number_of_frames": frames, "transfer_syntax_uid": syntax}
    if not syntax.is_encapsulated and dataset.PhotometricInterpretation == "YBR_FULL_422":
        # pydicom takes the frames after the first for YBR_FULL, which are longer.
        for index in range(frames):
            yield from iter_pixels(source, indices=[index], **options)
    elif syntax not in PLUGINS:
        yield from iter_pixels(source, **options)
    else:
        yield from _first_that_can(source, path, syntax, frames, options)


def _first_that_can(source: Dataset | Path, path: Path, syntax: UID, frames: int, options: dict) -> Iterator:
    """Yield the frames from the first decoder that can do one; GDCM is the last, and tells what is wrong."""
    plugin = PLUGINS[syntax]
    if plugin:
        decoders = (
            lambda: iter_pixels(source, decoding_plugin=plugin, **options),
            # One by one they are decoded into an array that can be written to, which corrections of signs need.
            lambda: (pixel_array(source, index=i, decoding_plugin=plugin, **options) for i in range(frames)),
        )
        for decoder in decoders:
            decoded = decoder()
            try:
                first = next(decoded)
            except Exception:  # damaged, or deeper than this decoder can
                continue
            yield first
            yield from decoded
            return
    yield from decode_apart(path, frames, syntax)


@contextmanager
def _pixel_data(dataset: Dataset, path: Path) -> Iterator[BinaryIO]:
    """Open the pixel data at its first byte."""
    pixels = dataset.get_item("PixelData", keep_deferred=True)
    if isinstance(pixels, RawDataElement) and pixels.value is None:  # still in the file
        with path.open("rb") as file:
            file.seek(pixels.value_tell)
            yield file
    else:
        yield io.BytesIO(pixels.value)
