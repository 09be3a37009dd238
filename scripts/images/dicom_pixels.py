# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""From the colour spaces of DICOM to grey levels."""

from __future__ import annotations

import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.pixels import apply_rescale

from .palette import palette_colours


def grey_pixels(pixels: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return what a person would see of an image, in grey as the network's training images were.

    Args:
        pixels: of one frame as pydicom decodes them, shape (rows, columns) or, already RGB whatever the file's colour
            space, (rows, columns, 3).
        dataset: the instance that they are of.

    Returns:
        Shape (rows, columns); 8 bits for colour, else what the rescaling gives. Black is the smallest value.

    Raises:
        ValueError: the colour space is not one of those of an image.
    """
    interpretation = str(dataset.PhotometricInterpretation)
    if pixels.ndim == 2 and interpretation in ("MONOCHROME1", "MONOCHROME2"):
        if interpretation == "MONOCHROME1":  # whose smallest value is white
            pixels = int(pixels.max()) - pixels.astype(np.int64)  # which the type of the pixels need not hold
        return apply_rescale(pixels, dataset)
    of_one_sample = interpretation in ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
    if of_one_sample != (pixels.ndim == 2):
        samples = 1 if pixels.ndim == 2 else pixels.shape[2]
        raise ValueError(f"its colour space {interpretation} is not that of {samples} samples a pixel")
    if interpretation == "PALETTE COLOR":
        colour, bits = palette_colours(pixels, dataset), 8
    else:
        colour, bits = pixels, int(dataset.BitsStored)
    if bits > 8:
        colour = (colour >> (bits - 8)).astype(np.uint8)
    return np.asarray(Image.fromarray(np.ascontiguousarray(colour)).convert("L"))
