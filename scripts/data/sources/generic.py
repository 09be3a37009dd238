# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Your own data: a folder of images and a folder of masks with the same names.

Classes are read from subfolders of both (``images/benign/…``, ``masks/benign/…``) or from a table (see `read_labels`),
which can also give patient and spacing; otherwise the class is ``"unknown"``. Masks may also be named
``<image>_mask``, or ``<image>_mask_1`` … if an image has several. Only normal images may have no mask.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...images.listing import list_pictures
from ..records import Record
from .classes import class_of, require_mask
from .label_table import read_labels
from .mask_pairs import image_and_mask_folders, pair_masks

NAME = "generic"
LAYOUT = "images/NAME.png, masks/NAME.png, classes in subfolders of both or in labels.csv"


def matches(folder: Path) -> bool:
    """Return whether ``images`` and ``masks`` exist."""
    return image_and_mask_folders(folder, "images", "masks") is not None


def read(folder: Path) -> list[Record]:
    """Return the records of ``images``."""
    roots = image_and_mask_folders(folder, "images", "masks")
    assert roots is not None  # as `matches` has found
    image_root, mask_root = roots
    paired = pair_masks(
        list_pictures(image_root, recursive=True), image_root, list_pictures(mask_root, recursive=True), mask_root
    )
    labels = read_labels(folder, list(paired))
    records = []
    for image, masks in paired.items():
        inside = image.relative_to(image_root).parts[:-1]
        label = labels[image]
        label_class = class_of("/".join(inside), image) if inside else label.label_class or "unknown"
        if label.label_class not in (None, label_class):
            raise InputError(f"{image}: its folder says {label_class}, but the table says {label.label_class}")
        records.append(require_mask(Record(image, tuple(masks), label_class, label.patient, label.spacing)))
    return records
