# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures stored turned or mirrored, with an EXIF orientation that says how to undo that."""

from __future__ import annotations

import numpy as np
from PIL import Image, TiffImagePlugin

ORIENTATION = 274
# What a camera did to upright pixels before it stored them, by the orientation that it wrote.
TURNED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright.swapaxes(0, 1), 2),
    8: lambda upright: np.rot90(upright, -1),
}
# Lossless kinds of files that hold an orientation: format, how the pixels are made from 8-bit grey, options.
DEEP = 257  # 8 bits to 16
KINDS = {
    "grey.png": ("PNG", lambda grey: grey, {}),
    "16 bit.png": ("PNG", lambda grey: grey.astype(np.uint16) * DEEP, {}),
    "colour.png": ("PNG", lambda grey: np.repeat(grey[..., None], 3, axis=2), {}),
    "grey.tif": ("TIFF", lambda grey: grey, {}),
    "16 bit.tif": ("TIFF", lambda grey: grey.astype(np.uint16) * DEEP, {}),
    "colour.tif": ("TIFF", lambda grey: np.repeat(grey[..., None], 3, axis=2), {}),
    "float.tif": ("TIFF", lambda grey: grey.astype(np.float32) / 7, {}),
    "lzw.tif": ("TIFF", lambda grey: grey, {"compression": "tiff_lzw"}),
    "16 bit deflate.tif": ("TIFF", lambda grey: grey.astype(np.uint16) * DEEP, {"compression": "tiff_deflate"}),
    "strips.tif": ("TIFF", lambda grey: grey, {"strip_size": 300}),
    "lossless.webp": ("WEBP", lambda grey: np.repeat(grey[..., None], 3, axis=2), {"lossless": True}),
}


def write_turned(path, upright, orientation, kind=None):
    """Write upright grey levels as one of `KINDS`, the name of the file by default."""
    form, pixels, options = KINDS[kind or path.name]
    stored = Image.fromarray(np.ascontiguousarray(TURNED[orientation](pixels(upright))))
    options = dict(options)
    if form == "TIFF":
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[ORIENTATION] = orientation
        if strip := options.pop("strip_size", None):
            tags[278] = strip // stored.width or 1  # rows a strip
        stored.save(path, form, tiffinfo=tags, **options)
    else:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        stored.save(path, form, exif=exif, **options)
