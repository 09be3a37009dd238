# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""From the colour spaces of DICOM to grey levels."""

from __future__ import annotations

import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.pixels import apply_color_lut, apply_rescale


def grey_pixels(pixels: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return what a person would see of an image, in grey as the network's training images were.

    Args:
        pixels: of one frame as pydicom decodes them, shape (rows, columns) or, already RGB whatever the file's colour
            space, (rows, columns, 3).
        dataset: the instance that they are of.

    Returns:
        Shape (rows, columns); 8 bits for colour, else what the rescaling gives. Black is the smallest value.
    """
    interpretation = str(dataset.PhotometricInterpretation)
    if pixels.ndim == 2 and interpretation != "PALETTE COLOR":
        if interpretation == "MONOCHROME1":  # whose smallest value is white
            pixels = pixels.max() - pixels
        return apply_rescale(pixels, dataset)
    colour = apply_color_lut(pixels, dataset) if pixels.ndim == 2 else pixels
    if colour.dtype != np.uint8:
        colour = (colour >> 8).astype(np.uint8)
    return np.asarray(Image.fromarray(np.ascontiguousarray(colour)).convert("L"))
