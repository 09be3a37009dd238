# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""BrEaST, or Breast-Lesions-USG (Pawłowska et al., Scientific Data 2024, doi 10.1038/s41597-024-02984-z).

Only the tumour mask is used as label. Seven images have further masks, called "other": dilated ducts (036, 085, 140,
151, where one encloses the tumour), small cystic spaces (022) and silicone implants that fill half of the image (038,
092). Class, BI-RADS category and diagnosis are those of the tumour, and labels with the other masks would teach a
network to segment implants. Four cases are normal and have no tumour mask.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

from ...errors import InputError
from ...images.listing import list_pictures
from ..records import Record
from .classes import class_of, require_mask
from .csv_table import read_table
from .spacing import parse_length

logger = logging.getLogger(__name__)

NAME = "BrEaST"
LAYOUT = "case001.png, case001_tumor.png, case001_other1.png … with the clinical data as CSV here or in the parent"

_COLUMNS = ("caseid", "image_filename", "mask_tumor_filename", "pixel_size", "classification")
_MASK = re.compile(r"(case\d+)_(tumor|other)\d*")


def matches(folder: Path) -> bool:
    """Return whether the folder contains ``case<number>_tumor.png`` files."""
    return any(folder.glob("case[0-9]*_tumor.png"))


def read(folder: Path) -> list[Record]:
    """Return the records in the order of the clinical data."""
    table = _find_table(folder)
    records = []
    for row in read_table(table).of(_COLUMNS):
        case = row["caseid"]
        where = f"{table}, case {case}"
        image = _existing(folder, row["image_filename"], where)
        # "&" separates several entries of a cell.
        masks = tuple(_existing(folder, name, where) for name in row["mask_tumor_filename"].split("&") if name.strip())
        spacing = None
        if row["pixel_size"]:
            # In centimetres, with up to ten decimals.
            spacing = (round(10 * parse_length(row["pixel_size"], where), 9),) * 2
        label_class = class_of(row["classification"], where)
        records.append(require_mask(Record(image, masks, label_class, patient=case, spacing=spacing)))

    logger.info(f"{table}: class from 'Classification'; patient from 'CaseID'; spacing from 'Pixel_size', centimetres")
    listed = {file for record in records for file in (record.image, *record.masks)}
    for file in list_pictures(folder):
        mask = _MASK.fullmatch(file.stem)
        if mask and not (folder / f"{mask[1]}.png").is_file():
            raise InputError(f"{file}: no image for this mask")
        if file not in listed and not (mask and mask[2] == "other"):
            raise InputError(f"{file}: not listed in {table}")
    return records


def _find_table(folder: Path) -> Path:
    """Return the CSV with the clinical data, in `folder` or its parent."""
    places = (folder, folder.absolute().parent)
    for place in places:
        for table in sorted(place.glob("*.csv")):
            if "clinical" in table.name.lower():
                return table
    for place in places:
        for sheet in sorted(place.glob("*clinical*.xlsx")):
            raise InputError(f"{sheet}: save this sheet as CSV (UTF-8) in the same folder; .xlsx is not supported")
    raise InputError(f"{folder}: no clinical data (*clinical-data*.csv) in this folder or its parent")


def _existing(folder: Path, name: str, where: str) -> Path:
    path = folder / name.strip()
    if not path.is_file():
        raise InputError(f"{path}: no such file, although {where} lists it")
    return path
