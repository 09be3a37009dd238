# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the table of near-identical images of a data set, as published for BUSI."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...files.csv_file import write_csv
from ...images.listing import natural_key
from .groups import content_hashes, search


def write_groups_table(folder: Path, table: Path) -> None:
    """Search the PNG images in `folder` and below, masks left out, and write their groups to `table`.

    The published table is not looked at, so it can be written anew.

    Args:
        folder: dataset folder; images are named relative to it.
        table: CSV file to write, with the columns content_hash, file and group.

    Raises:
        InputError: `folder` holds no image, an image cannot be read, or OpenCV is not installed.
    """
    images = sorted((path for path in folder.rglob("*.png") if "_mask" not in path.stem), key=natural_key)
    if not images:
        raise InputError(f"{folder}: there are no PNG images in this folder; name the one that holds the dataset")
    hashes = content_hashes(images, progress=True)
    found = search(dict(zip(hashes, images)), progress=True)
    numbers: dict[int, int] = {}
    rows = [
        {
            "content_hash": content,
            "file": image.relative_to(folder).as_posix(),
            "group": numbers.setdefault(found[content], len(numbers)),
        }
        for content, image in zip(hashes, images)
    ]
    write_csv(table, rows)
