# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""BUS-BRA (Gómez-Flores et al., Medical Physics 2024, doi 10.1002/mp.16812).

Most patients have two images; the column ``Case`` identifies the patient.
"""

from __future__ import annotations

import logging
from pathlib import Path

from ...errors import InputError
from ...images.listing import list_pictures
from ..records import Record
from .classes import class_of
from .csv_table import read_table
from .mask_pairs import image_and_mask_folders

logger = logging.getLogger(__name__)

NAME = "BUS-BRA"
LAYOUT = "Images/bus_0001-l.png, Masks/mask_0001-l.png, bus_data.csv"


def matches(folder: Path) -> bool:
    """Return whether ``Images`` contains ``bus_<number>`` files and ``Masks`` exists."""
    roots = image_and_mask_folders(folder, "images", "masks")
    return roots is not None and any(roots[0].glob("bus_[0-9]*.png"))


def read(folder: Path) -> list[Record]:
    """Return the records in the order of ``bus_data.csv``."""
    table = folder / "bus_data.csv"
    if not table.is_file():
        raise InputError(f"{table}: no such file; it has the class and the patient of each image")
    roots = image_and_mask_folders(folder, "images", "masks")
    assert roots is not None  # as `matches` has found
    images, masks = ({path.stem: path for path in list_pictures(root)} for root in roots)
    records = []
    for row in read_table(table).of(("id", "case", "pathology")):
        name = row["id"]
        image = images.pop(name, None)
        if image is None:
            raise InputError(f"{table}, {name!r}: no image has this name, or the row is a duplicate")
        mask = masks.pop(name.replace("bus_", "mask_", 1), None)
        if mask is None:
            raise InputError(f"{image}: no mask found for this image")
        label_class = class_of(row["pathology"], f"{table}, {name!r}")
        records.append(Record(image, (mask,), label_class, patient=row["case"] or None))
    logger.info(f"{table}: class from 'Pathology'; patient from 'Case'")
    for image in images.values():
        raise InputError(f"{image}: no row for this image in {table}")
    for mask in masks.values():
        raise InputError(f"{mask}: no image for this mask")
    return records
