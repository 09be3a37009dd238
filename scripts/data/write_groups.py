# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a table of near-identical images, as published for BUSI.

Usage: ``python -m scripts.data.write_groups DIR TABLE.csv``.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from scripts.atomic import written_whole
from scripts.data.near_duplicates import content_hashes, search
from scripts.errors import InputError


def write_groups(folder: Path, table: Path) -> None:
    """Search the PNG images in `folder` and below, masks left out, and write their groups to `table`.

    The published table is not looked at, so it can be written anew.

    Args:
        folder: dataset folder; images are named relative to it.
        table: CSV file to write, with the columns content_hash, file and group.

    Raises:
        InputError: `folder` holds no image, an image cannot be read, or OpenCV is not installed.
    """
    images = sorted((path for path in folder.rglob("*.png") if "_mask" not in path.stem), key=_natural_order)
    if not images:
        raise InputError(f"{folder}: there are no PNG images in this folder; name the one that holds the dataset")
    hashes = content_hashes(images, progress=True)
    found = search(dict(zip(hashes, images)), progress=True)
    numbers: dict[int, int] = {}
    rows = ["content_hash,file,group"]
    for content, image in zip(hashes, images):
        group = numbers.setdefault(found[content], len(numbers))
        rows.append(f"{content},{image.relative_to(folder).as_posix()},{group}")
    with written_whole(table) as partial:
        partial.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _natural_order(path: Path) -> list[str | int]:
    """Sort ``benign (2)`` before ``benign (10)``."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.as_posix())]


def main() -> None:
    """Write the table of the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Search a folder for near-identical images and write their groups.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="dataset folder, searched with its subfolders")
    parser.add_argument("table", type=Path, metavar="TABLE.csv", help="table to write: content_hash, file, group")
    arguments = parser.parse_args()
    write_groups(arguments.folder, arguments.table)


if __name__ == "__main__":
    main()
