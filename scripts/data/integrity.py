# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check that the images and masks of a data set can be decoded and match."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ..errors import InputError
from ..images.single_image import read_image
from .lesion_mask import read_mask
from .records import Record


def check_records(records: Sequence[Record]) -> None:
    """Decode every image and mask once.

    Raises:
        InputError: for the first file that cannot be decoded completely, mask whose size differs from its image, file
            that is not a mask (see `lesion_pixels`), empty mask of a benign or malignant image, or non-empty mask of a
            normal image.
    """
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        # On an error, do not decode the remaining files first.
        try:
            for _ in pool.map(_check, records):
                pass
        finally:
            pool.shutdown(cancel_futures=True)


def _check(record: Record) -> None:
    shape = read_image(record.image).shape
    for path in (*record.masks, *record.empty_masks):
        blank = not read_mask(path, record.image, shape).any()
        if blank and record.label_class in ("benign", "malignant"):
            raise InputError(f"{path}: the mask is empty, but its image is {record.label_class}")
        if not blank and record.label_class == "normal":
            raise InputError(f"{path}: the mask marks a lesion, but its image is normal")
