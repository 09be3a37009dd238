# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""BUSI (Al-Dhabyani et al., Data in Brief 2020, doi 10.1016/j.dib.2019.104863), as published.

Each class has a folder with images and masks. An image with several lesions has a mask for each. The masks of normal
images are empty and are ignored.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from ...images.listing import entries, list_pictures
from ..records import Record
from .classes import require_mask
from .mask_pairs import is_mask_name, pair_masks, subfolder

NAME = "BUSI"
LAYOUT = "benign/benign (1).png, benign/benign (1)_mask.png, benign/benign (1)_mask_1.png … malignant/ … normal/ …"

_CLASSES = ("benign", "malignant", "normal")


def matches(folder: Path) -> bool:
    """Return whether a class folder contains an image named ``<class> (<number>)``."""
    return any(
        fnmatchcase(image.name, f"{label_class} ([0-9]*).*")
        for label_class in _CLASSES
        if (images := subfolder(folder, label_class))
        for image in entries(images)
    )


def read(folder: Path) -> list[Record]:
    """Return the records of all class folders."""
    records = []
    for label_class in _CLASSES:
        root = subfolder(folder, label_class)
        if root is None:
            continue
        files = list_pictures(root)
        mask_files = [file for file in files if is_mask_name(file)]
        images = [file for file in files if not is_mask_name(file)]
        for image, masks in pair_masks(images, root, mask_files, root).items():
            if label_class == "normal":
                records.append(Record(image, (), label_class, empty_masks=tuple(masks)))
            else:
                records.append(require_mask(Record(image, tuple(masks), label_class)))
    return records
