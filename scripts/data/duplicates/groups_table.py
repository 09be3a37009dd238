# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a table of the near-duplicates of a data set, like the bundled one of BUSI."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...files.csv_file import write_csv
from ...images.listing import image_stem, list_images, natural_key
from ..sources import SOURCES, read_dataset
from .groups import search
from .image_content import content_hashes


def write_groups_table(folder: Path, table: Path) -> None:
    """Find near-duplicates among the images below `folder`, without masks, and write their groups to `table`.

    The bundled table is not used, so that it can be regenerated.

    Args:
        folder: dataset folder in a layout of `scripts.data.sources`, or any folder with images; the table has paths
            relative to it.
        table: CSV file to write, with the columns content_hash, file and group.

    Raises:
        InputError: `folder` has no images, or an image cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give the folder of the data set")
    images = _images(folder)
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


def _images(folder: Path) -> list[Path]:
    """Return the images of a data set, or those of another folder whose names are not those of masks."""
    if any(source.matches(folder) for source in SOURCES):
        return sorted((record.image for record in read_dataset(folder)[1]), key=natural_key)
    return [path for path in list_images(folder, recursive=True) if image_stem(path.stem) is None]
