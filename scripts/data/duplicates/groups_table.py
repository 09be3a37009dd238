# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a table of the near-duplicates of a data set, like the bundled one of BUSI."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...files.csv_file import write_csv
from ...images.listing import list_without_masks
from .groups import search
from .image_content import content_hashes


def write_groups_table(folder: Path, table: Path) -> None:
    """Find near-duplicates among the images below `folder`, without masks, and write their groups to `table`.

    The bundled table is not used, so that it can be regenerated.

    Args:
        folder: dataset folder; the table has paths relative to it.
        table: CSV file to write, with the columns content_hash, file and group.

    Raises:
        InputError: `folder` has no images, or an image cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give the folder of the data set")
    images = list_without_masks(folder)
    if not images:
        raise InputError(f"{folder}: no images in this folder; give the folder of the data set")
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
