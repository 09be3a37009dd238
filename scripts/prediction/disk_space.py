# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Estimate what a prediction will write, and refuse to start one that would fill the disk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from ..files.free_space import free_bytes
from ..images.file_types import SUFFIXES, VIDEO, open_image

SAMPLE = 20  # files whose headers are read
PER_PIXEL = 0.15  # bytes of overlay and mask; those of ultrasound have 0.2 to 0.4
PER_IMAGE = 10_000  # bytes of journal and tables, most of which is the small picture of the report
VIDEOS = tuple(suffix for suffix, kind in SUFFIXES.items() if kind == VIDEO)


def check_room(files: Sequence[Path], folder: Path) -> None:
    """Check that the disk has room for the results of files. What the folder holds is replaced.

    The estimate is low: headers of some files, without videos, whose sizes are known only when they are decoded.

    Args:
        files: the files to segment.
        folder: results folder; it may not exist yet.

    Raises:
        InputError: the disk has less room.
    """
    pictures = [path for path in files if not path.name.lower().endswith(VIDEOS)]
    sizes = list(filter(None, map(_size, pictures[:: math.ceil(len(pictures) / SAMPLE) or 1])))
    if not sizes:
        return
    needed = len(pictures) * sum(sizes) / len(sizes)
    free = free_bytes(folder)
    if free < needed:
        free += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if free < needed:
        raise InputError(
            f"--output_dir {folder}: the results of {len(pictures):,} files take about {needed / 1e6:,.1f} MB or more, "
            f"and {free / 1e6:,.1f} MB are free on its disk; make room, or choose a folder on another disk"
        )


def _size(path: Path) -> float:
    try:
        file = open_image(path)
    except InputError:
        return 0  # it will fail, and say why
    return file.frames * (PER_PIXEL * math.prod(file.shape) + PER_IMAGE)
