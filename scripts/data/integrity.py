# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check that the files of a dataset are whole and belong together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from ..errors import InputError
from .records import Record


def check_records(records: Sequence[Record]) -> None:
    """Decode every image and mask once.

    Raises:
        InputError: for the first file that cannot be decoded to its end, mask of another size than its image, lesion
            mask that is blank (benign and malignant) or mask that is not (normal).
    """
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        # Leaving the loop at an error still ends the threads; `cancel_futures` spares decoding the rest first.
        try:
            for _ in pool.map(_check, records):
                pass
        finally:
            pool.shutdown(cancel_futures=True)


def _check(record: Record) -> None:
    size = _decode(record.image).size
    for path in record.masks:
        mask = _decode(path)
        if mask.size != size:
            raise InputError(
                f"{path}: this mask is {_text(mask.size)} pixels (width x height), "
                f"its image {record.image.name} is {_text(size)}"
            )
        # As the label is loaded: grey without alpha, every pixel that is not black.
        blank = mask.convert("L").getbbox() is None
        if blank and record.label_class in ("benign", "malignant"):
            raise InputError(f"{path}: this mask is blank, though its image is {record.label_class}")
        if not blank and record.label_class == "normal":
            raise InputError(f"{path}: this mask marks a lesion, though its image is normal")


def _decode(path: Path) -> Image.Image:
    try:
        with Image.open(path) as image:
            image.load()
            return image
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: cannot be read as an image: {error}") from error


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
