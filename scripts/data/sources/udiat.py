# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Dataset B of UDIAT (Yap et al., IEEE Journal of Biomedical and Health Informatics 2018).

It is available on request. The classes come as a spreadsheet, which must be saved as CSV, or as folders: above
``original`` and ``GT``, inside both, or beside them with copies of the images. Otherwise the class is ``"unknown"``.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...images.listing import list_pictures
from ..records import Record
from .classes import require_mask
from .label_table import read_labels
from .mask_pairs import image_and_mask_folders, pair_masks, subfolder

NAME = "UDIAT"
LAYOUT = "original/000001.png, GT/000001.png, classes in a CSV or in Benign/ and Malignant/"

_CLASSES = ("benign", "malignant")


def matches(folder: Path) -> bool:
    """Return whether ``original`` and ``GT`` exist in the folder or in its class folders."""
    return bool(_roots(folder))


def read(folder: Path) -> list[Record]:
    """Return the records of every ``original`` folder."""
    paired: dict[Path, list[Path]] = {}
    for image_root, mask_root in _roots(folder):
        images, masks = list_pictures(image_root, recursive=True), list_pictures(mask_root, recursive=True)
        paired |= pair_masks(images, image_root, masks, mask_root)
    labels = read_labels(folder, list(paired))
    copies = _class_copies(folder)
    records = []
    for image, own_masks in paired.items():
        label = labels[image]
        named = {label_class for label_class in _CLASSES if label_class in _folders(image, folder)}
        named |= copies.get(image.stem, set())
        if label.label_class is not None:
            named.add(label.label_class)
        if len(named) > 1:
            raise InputError(f"{image}: conflicting classes: {' and '.join(sorted(named))}")
        label_class = named.pop() if named else "unknown"
        records.append(require_mask(Record(image, tuple(own_masks), label_class, label.patient, label.spacing)))
    return records


def _roots(folder: Path) -> list[tuple[Path, Path]]:
    """Return the pairs of ``original`` and ``GT`` folders."""
    parents = [folder, *(subfolder(folder, label_class) for label_class in _CLASSES)]
    pairs = [image_and_mask_folders(parent, "original", "gt") for parent in parents if parent is not None]
    return [pair for pair in pairs if pair is not None]


def _folders(image: Path, folder: Path) -> set[str]:
    return {part.lower() for part in image.relative_to(folder).parent.parts}


def _class_copies(folder: Path) -> dict[str, set[str]]:
    """Return, for each image stem, the classes whose folder beside ``original`` has a copy of it."""
    copies: dict[str, set[str]] = {}
    for label_class in _CLASSES:
        beside = subfolder(folder, label_class)
        for image in list_pictures(beside) if beside is not None else ():
            copies.setdefault(image.stem, set()).add(label_class)
    return copies
