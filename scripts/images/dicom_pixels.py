# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Convert decoded DICOM pixels of any photometric interpretation to grey levels."""

from __future__ import annotations

import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.pixels import apply_rescale

from ..errors import InputError
from .palette import palette_colours


def grey_pixels(pixels: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return the grey levels of a frame as a viewer shows it, smallest value black.

    Args:
        pixels: one frame as decoded by pydicom, shape (rows, columns), or (rows, columns, 3) in RGB, to which pydicom
            converts all colour spaces.
        dataset: the instance of the frame.

    Returns:
        Shape (rows, columns); uint8 from colour, else the pixels after the modality rescale.

    Raises:
        InputError: the photometric interpretation does not fit the number of samples per pixel.
    """
    interpretation = str(dataset.PhotometricInterpretation)
    if pixels.ndim == 2 and interpretation in ("MONOCHROME1", "MONOCHROME2"):
        if interpretation == "MONOCHROME1":  # smallest value white
            pixels = int(pixels.max()) - pixels.astype(np.int64)  # may not fit into the type of the pixels
        return apply_rescale(pixels, dataset)
    has_one_sample = interpretation in ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
    if has_one_sample != (pixels.ndim == 2):
        samples = 1 if pixels.ndim == 2 else pixels.shape[2]
        raise InputError(f"its photometric interpretation does not fit {samples} samples per pixel")
    if interpretation == "PALETTE COLOR":
        colour, bits = palette_colours(pixels, dataset), 8
    else:
        colour, bits = pixels, int(dataset.BitsStored)
    if bits > 8:
        colour = (colour >> (bits - 8)).astype(np.uint8)
    return np.asarray(Image.fromarray(np.ascontiguousarray(colour)).convert("L"))
