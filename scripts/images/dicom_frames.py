# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Count and decode the frames of a DICOM file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.encaps import generate_fragments, generate_frames, parse_basic_offsets
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

from ..errors import InputError
from .coded_size import coded_size
from .gdcm_process import decode_in_subprocess

# pydicom's decoding plugin to try before GDCM, by transfer syntax; None if only GDCM can decode it.
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
RLE_HEADER = 64  # bytes
# First bytes of an encoded frame: JPEG and JPEG-LS, JPEG 2000 without and with a file header.
FRAME_SIGNATURES = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP")


def count_frames(dataset: Dataset, path: Path) -> int:
    """Return the number of frames: the attribute NumberOfFrames, or, if missing, the frames in the pixel data.

    Args:
        dataset: the instance; its pixel data may be deferred.
        path: the file it was read from.
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
        starts_frame = [  # a frame may have several fragments, except in RLE
            fragment.startswith(FRAME_SIGNATURES) or dataset.file_meta.TransferSyntaxUID == RLELossless
            for fragment in generate_fragments(data)
        ]
    return max(1, sum(starts_frame))


def pixel_bytes(dataset: Dataset, path: Path) -> int:
    """Return the number of bytes of uncompressed pixel data in the file, which may be less than the header says."""
    pixels = dataset.get_item("PixelData", keep_deferred=True)
    if isinstance(pixels, RawDataElement) and pixels.value is None:  # still in the file
        return min(pixels.length, path.stat().st_size - pixels.value_tell)
    return len(pixels.value)


def check_run_lengths(dataset: Dataset, path: Path) -> None:
    """Reject frames in RLE that are longer than uncompressed ones: they unpack to up to 64 times their length.

    Raises:
        InputError: a frame is too long.
    """
    limit = 2 * get_expected_length(dataset) // int(dataset.NumberOfFrames) + RLE_HEADER
    with _pixel_data(dataset, path) as data:
        parse_basic_offsets(data)
        if any(len(fragment) > limit for fragment in generate_fragments(data)):
            raise InputError(f"{path}: a frame in RLE is longer than an uncompressed one")


def check_coded_sizes(dataset: Dataset, path: Path) -> None:
    """Reject frames whose code says another size than the header: a decoder makes room for that of the code.

    Raises:
        InputError: a frame has another size.
    """
    if dataset.file_meta.TransferSyntaxUID not in PLUGINS:
        return
    with _pixel_data(dataset, path) as data:
        for frame in generate_frames(data, number_of_frames=int(dataset.NumberOfFrames)):
            size = coded_size(frame)
            if size not in (None, (dataset.Rows, dataset.Columns)):
                raise InputError(f"{path}: a frame has another size than the header says")


def decoded_frames(source: Dataset | Path, dataset: Dataset, path: Path, frames: int) -> Iterator[np.ndarray]:
    """Yield the pixels of each frame, decoded by pydicom or GDCM, as `pydicom.pixels.iter_pixels` does.

    Args:
        source: the instance or its file, to read the pixel data from.
        dataset: the instance; its pixel data may be deferred.
        path: its file.
        frames: number of frames.

    Raises:
        Exception: pydicom's decoders raise errors of any type.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    options: dict[str, Any] = {}
    if isinstance(source, Path):
        options = {"number_of_frames": frames, "transfer_syntax_uid": syntax}
    if not syntax.is_encapsulated and dataset.PhotometricInterpretation == "YBR_FULL_422":
        # Together, pydicom would read the frames after the first as YBR_FULL, which are longer.
        for index in range(frames):
            yield from iter_pixels(source, indices=[index], **options)
    elif syntax not in PLUGINS:
        yield from iter_pixels(source, **options)
    else:
        yield from _decode_with_fallback(source, path, syntax, frames, options)


def _decode_with_fallback(source: Dataset | Path, path: Path, syntax: UID, frames: int, options: dict) -> Iterator:
    """Yield the frames from the first decoder that can decode the first frame; GDCM is the last to be tried."""
    plugin = PLUGINS[syntax]
    if plugin:
        decoders = (
            lambda: iter_pixels(source, decoding_plugin=plugin, **options),
            # Frame by frame: this gives writable arrays, which pydicom's sign correction needs.
            lambda: (pixel_array(source, index=i, decoding_plugin=plugin, **options) for i in range(frames)),
        )
        for decoder in decoders:
            decoded = decoder()
            try:
                first = next(decoded)
            except Exception:  # damaged, or a bit depth that this decoder does not support
                continue
            yield first
            yield from decoded
            return
    yield from decode_in_subprocess(path, frames, syntax)


@contextmanager
def _pixel_data(dataset: Dataset, path: Path) -> Iterator[BinaryIO]:
    """Open the pixel data as a binary file, at its first byte."""
    pixels = dataset.get_item("PixelData", keep_deferred=True)
    if isinstance(pixels, RawDataElement) and pixels.value is None:  # still in the file
        with path.open("rb") as file:
            file.seek(pixels.value_tell)
            yield file
    else:
        yield io.BytesIO(pixels.value)
