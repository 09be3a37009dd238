# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""List the image files of a folder, and recognise masks by their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import InputError

MASK = re.compile(r"_(mask|tumor|other)(_?\d+)?$")  # end of the stem of a mask file beside its image
MASK_FOLDERS = {"masks": "images", "gt": "original"}  # of data sets, with the folder beside that has the images
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def image_stem(stem: str) -> str | None:
    """Return the stem of the image of a mask (``a`` for ``a_mask_1``), None if `stem` is not that of a mask."""
    base = MASK.sub("", stem)
    return None if base == stem else base


def natural_key(path: Path) -> list[str | int]:
    """Return a sort key that puts ``benign (2)`` before ``benign (10)``."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", path.as_posix())]


def list_pictures(folder: Path, recursive: bool = False) -> list[Path]:
    """Return the picture files in `folder` in natural order, without hidden files (``._case001.png`` of macOS).

    Raises:
        InputError: the folder, or with `recursive` a folder below it, cannot be read.
    """
    pictures = (path for path in _files(folder, recursive) if path.suffix.lower() in PICTURE_SUFFIXES)
    return sorted((path for path in pictures if not path.name.startswith(".")), key=natural_key)


def list_without_masks(folder: Path) -> list[Path]:
    """Return the image files below `folder` in natural order, without those that are masks by name or by folder.

    Raises:
        InputError: see `list_pictures`.
    """
    paths = [path for path in list_pictures(folder, recursive=True) if image_stem(path.stem) is None]
    inside = {parent for path in paths for parent in path.parents if parent.is_relative_to(folder)}
    above = {parent.parent for parent in inside if parent.name.lower() in MASK_FOLDERS}
    masks = {each for here in above for each in mask_folders([each for each in entries(here) if each.is_dir()])}
    return [path for path in paths if masks.isdisjoint(path.parents)]


def mask_folders(folders: Collection[Path]) -> set[Path]:
    """Return those of the folders, which lie side by side, that hold the masks of the images in another."""
    names = {folder.name.lower() for folder in folders}
    return {folder for folder in folders if MASK_FOLDERS.get(folder.name.lower()) in names}


def entries(folder: Path) -> list[Path]:
    """Return the files and folders in `folder`, sorted. `Path.glob` would pass over a folder that cannot be read.

    Raises:
        InputError: the folder cannot be read.
    """
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"{error.filename or folder}: cannot be read: {error.strerror}") from None


def _files(folder: Path, recursive: bool) -> Iterator[Path]:
    for path in entries(folder):
        if path.is_file():
            yield path
        elif recursive and path.is_dir() and not path.is_symlink():  # a link may lead back
            yield from _files(path, recursive)
