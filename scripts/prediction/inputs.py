# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find the input files of a prediction."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..images.file_types import FORMATS, may_be_image, stem
from ..images.listing import image_stem, mask_folders, natural_key
from .journal import FILE as JOURNAL
from .pseudonyms import Pseudonyms
from .shards import digest, shard_journals

SEGMENTATION = ".seg.nrrd"  # 3D Slicer's segmentations
LISTS = (".txt", ".lst", ".list")


@dataclass(frozen=True)
class Inputs:
    """Files to segment.

    Attributes:
        root: common folder; results get the same subfolders.
        files: files below `root`, in natural order.
        unreadable: folders that could not be read, with the reason.
        skipped: files in searched folders that are not images, or masks of images, with the reason.
        masks_without_image: skipped files that are named like masks, but have no image.
        pseudonyms: replaces the names of the files in all results; None if they keep them.
    """

    root: Path
    files: list[Path]
    unreadable: dict[Path, str] = field(default_factory=dict)
    skipped: dict[Path, str] = field(default_factory=dict)
    masks_without_image: list[Path] = field(default_factory=list)
    pseudonyms: Pseudonyms | None = None

    def name(self, path: Path) -> str:
        """Return what a file or folder is called in the results: its path below `root`, or what stands for it."""
        name = path.relative_to(self.root).as_posix()
        return name if self.pseudonyms is None else self.pseudonyms(name)

    def summary(self) -> dict[str, Any]:
        """Return what the results say of the inputs, and a checksum of their names."""
        listed = [self.name(path) for path in (*self.files, *self.unreadable)]
        masks = [str(path) if self.pseudonyms is None else self.name(path) for path in self.masks_without_image]
        return {
            "files": len(listed),
            "skipped": self.passed_over(),
            "masks_without_image": masks,
            "digest": digest(listed),
        }

    def passed_over(self) -> dict[str, str]:
        """Return all files that are not segmented, by their path below `root`, with the reason."""
        unclear = dict.fromkeys(self.masks_without_image, "named like a mask, but has no image")
        return {self.name(path): reason for path, reason in {**self.skipped, **unclear}.items()}


def find_inputs(inputs: Sequence[str | Path], output_dir: Path) -> Inputs:
    """Find the files that the user's arguments stand for.

    Args:
        inputs: each a file, a folder (searched with its subfolders), a pattern with ``*``, ``?`` or ``[]`` (``**`` for
            any depth), or a list of files (``.txt``, one path per line, relative to the list; lines that start with #
            are comments). The name of an existing file is never treated as a pattern. In a folder, masks are left out:
            by their names, and in a folder of masks beside one of images, as data sets have it.
        output_dir: excluded from the search, like the results of other predictions.

    Raises:
        InputError: a path does not exist, a pattern matches nothing, there is nothing to segment, or `output_dir` is
            one of the inputs.
    """
    words = [os.fspath(each) for each in inputs]
    places = [Path(os.path.abspath(place)) for word in words for place in _places(word)]
    results = Path(os.path.abspath(output_dir))
    if results in places:
        raise InputError(f"--output_dir {output_dir}: is one of the inputs; choose another folder")
    root = Path(os.path.commonpath({place if os.path.isdir(place) else place.parent for place in places}))
    found: dict[Path, None] = {}  # in order, each once
    unreadable: dict[Path, str] = {}
    masks: list[Path] = []
    skipped: dict[Path, str] = {}
    for place in places:
        if not os.path.isdir(place):
            found.setdefault(place)
            continue
        for path, of_masks in _walk(place, results, unreadable):
            if of_masks and may_be_image(path):
                skipped[path] = "in a folder of masks"
            elif _image_of(path) is not None:
                masks.append(path)
            elif may_be_image(path):
                found.setdefault(path)
            else:
                skipped[path] = "not an image"
    stems = _stems(path.name for path in (*found, *masks))
    masks_without_image = [path for path in masks if _image_of(path) not in stems and may_be_image(path)]
    unclear = set(masks_without_image)
    skipped.update((path, "mask of an image") for path in masks if path not in unclear)
    if not found and not unreadable:
        raise InputError(
            f"INPUT {' '.join(words)}: no ultrasound images found ({FORMATS})"
            + (f"; {len(skipped)} other files were skipped" if skipped else "")
            + (f"; if '{masks_without_image[0]}' is an image and not a mask, rename it" if masks_without_image else "")
        )
    return Inputs(root, list(found), unreadable, skipped, masks_without_image)


def _places(word: str) -> list[Path]:
    path = Path(word)
    if os.path.isfile(path) and path.suffix.lower() in LISTS:
        return _listed(path)
    if os.path.lexists(path):
        return [path]
    if glob.has_magic(word):
        matches = sorted((Path(match) for match in glob.glob(word, recursive=True)), key=natural_key)
        # Without masks of images, and without folders, which would add all their files.
        chosen = [match for match in matches if not os.path.isdir(match) and not _is_beside_its_image(match)]
        if not chosen:
            raise InputError(f"INPUT {word}: no file matches")
        return chosen
    raise InputError(f"INPUT {word}: no such file or folder")


def _listed(path: Path) -> list[Path]:
    try:
        # File names need not be valid text, and can contain any character but a line break.
        lines = path.read_text(encoding="utf-8-sig", errors="surrogateescape").split("\n")
    except OSError as error:
        raise InputError(f"INPUT {path}: cannot be read: {error.strerror}") from None
    names = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not names:
        raise InputError(f"INPUT {path}: the list is empty; give one path per line")
    return [path.parent / name for name in names]


def _walk(folder: Path, output_dir: Path, unreadable: dict[Path, str]) -> Iterator[tuple[Path, bool]]:
    """Yield the files of a folder and its subfolders in natural order; follow links, but visit no folder twice.

    With each comes whether it is in a folder of masks, which has one of images beside it.
    """
    seen: set[tuple[int, int]] = set()
    pending = [(folder, False)]
    while pending:
        here, of_masks = pending.pop()
        try:
            identity = here.stat()
            is_result = here == output_dir or (here != folder and _holds_results(here))
            if (identity.st_dev, identity.st_ino) in seen or is_result:
                continue
            seen.add((identity.st_dev, identity.st_ino))
            entries = sorted((Path(entry.path) for entry in os.scandir(here)), key=natural_key)
        except OSError as error:
            unreadable[here] = error.strerror or str(error)
            continue
        visible = [entry for entry in entries if not entry.name.startswith(".")]
        folders = {entry: None for entry in visible if os.path.isdir(entry)}  # in order
        yield from ((entry, of_masks) for entry in visible if entry not in folders)
        masks = mask_folders(folders)
        pending += [(each, of_masks or each in masks) for each in reversed(folders)]


def _holds_results(folder: Path) -> bool:
    return os.path.lexists(folder / JOURNAL) or bool(shard_journals(folder))


def _image_of(path: Path) -> str | None:
    """Return the name of the image that a mask belongs to by its name, None if the file is not named like a mask."""
    return stem(path.name) if _is_segmentation(path.name) else image_stem(stem(path.name))


def _is_segmentation(name: str) -> bool:
    return name.lower().endswith(SEGMENTATION)


def _stems(names: Iterable[str]) -> set[str]:
    return {stem(name) for name in names if not _is_segmentation(name)}


def _is_beside_its_image(path: Path) -> bool:
    image = _image_of(path)
    return image is not None and image in _stems(os.listdir(path.parent))
