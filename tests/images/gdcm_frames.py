# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Frames of DICOM files as GDCM alone decodes them, in a process of its own: at some files GDCM ends it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from pydicom.pixels import convert_color_space


def decode_all(paths):
    """Write the frames of each file beside it, as ``.npy``, where GDCM can decode them."""
    remaining = [str(path) for path in paths]
    while remaining:
        result = subprocess.run(
            [sys.executable, "-m", __name__, *remaining], capture_output=True, text=True, cwd=Path(__file__).parents[2]
        )
        begun = result.stdout.split("\n")[:-1]
        if result.returncode == 0 or not begun:
            return
        remaining = remaining[len(begun) :]  # the last of them ended the process


def _decode(path):
    import gdcm

    reader = gdcm.ImageReader()
    reader.SetFileName(path)
    if not reader.Read():
        return
    image = reader.GetImage()
    if image.GetPhotometricInterpretation().GetType() == gdcm.PhotometricInterpretation.PALETTE_COLOR:
        lookup = gdcm.ImageApplyLookupTable()
        lookup.SetInput(image)
        if not lookup.Apply():
            return
        image = lookup.GetOutput()
    form = image.GetPixelFormat()
    kinds = {"UINT8": "u1", "UINT16": "u2", "INT16": "i2", "UINT32": "u4", "INT32": "i4"}
    kind = kinds.get(form.GetScalarTypeAsString())
    if kind is None or form.GetBitsAllocated() == 1:
        return
    values = np.frombuffer(image.GetBuffer().encode("utf-8", "surrogateescape"), kind)
    columns, rows, *frames = (image.GetDimension(axis) for axis in range(image.GetNumberOfDimensions()))
    shape = (frames[0] if frames else 1, rows, columns)
    if form.GetSamplesPerPixel() == 3:
        by_plane = image.GetPlanarConfiguration() == 1
        values = np.moveaxis(values.reshape(shape[0], 3, *shape[1:]), 1, -1) if by_plane else values.reshape(*shape, 3)
        if "YBR_FULL" in str(image.GetPhotometricInterpretation()):
            values = convert_color_space(values, "YBR_FULL", "RGB")
        values = (values >> (form.GetBitsStored() - 8)).astype(np.uint8)
    else:
        values = values.reshape(shape)
    np.save(f"{path}.npy", values)


if __name__ == "__main__":
    for each in sys.argv[1:]:
        print(each, flush=True)
        _decode(each)
