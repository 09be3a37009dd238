# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a table of the near-duplicates of a data set, like the bundled one of BUSI."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...files.csv_file import write_csv
from ...images.listing import natural_key
from .groups import search
from .image_content import content_hashes


def write_groups_table(folder: Path, table: Path) -> None:
    """Find near-duplicates among the PNG images below `folder`, except masks, and write their groups to `table`.

    The bundled table is not used, so that it can be regenerated.

    Args:
        folder: dataset folder; the table has paths relative to it.
        table: CSV file to write, with the columns content_hash, file and group.

    Raises:
        InputError: `folder` has no images, an image cannot be read, or OpenCV is not installed.
    """
    images = sorted((path for path in folder.rglob("*.png") if "_mask" not in path.stem), key=natural_key)
    if not images:
        raise InputError(f"{folder}: no PNG images in this folder; give the folder of the data set")
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
