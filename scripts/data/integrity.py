# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check that the files of a dataset are whole and belong together."""

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
        InputError: for the first file that cannot be decoded to its end, mask of another size than its image or that
            is no mask (see `lesion_pixels`), lesion mask that is blank (benign and malignant) or mask that is not
            (normal).
    """
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        # Leaving the loop at an error still ends the threads; `cancel_futures` spares decoding the rest first.
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
            raise InputError(f"{path}: this mask is blank, though its image is {record.label_class}")
        if not blank and record.label_class == "normal":
            raise InputError(f"{path}: this mask marks a lesion, though its image is normal")
