# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Record the images that teachers, and weights that a training starts from, have learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..data.datalist import read_datalist, write_datalist
from ..data.joined_datalist import identity_digests
from ..distributed import rank_zero_only
from .file_names import DATALIST

INHERITED = "learned_from_by_ancestors"  # key of a datalist: checksums of the names of such images


@rank_zero_only
def record_ancestors(output_dir: str | Path, files: Sequence[str | Path]) -> None:
    """Add the images that other weights have learned from to the datalist of a run that learns from these weights.

    Args:
        output_dir: folder of the run, with its datalist.
        files: the other weights. Of those without a datalist beside them the images are unknown, which
            `check_held_out` warns of.

    Raises:
        InputError: a datalist is damaged, or cannot be written.
    """
    found: set[str] = set()
    for file in files:
        record = Path(file).with_name(DATALIST)
        if record.is_file():
            known = read_datalist(record)
            found |= identity_digests(known, known.get("used", {}).get("training", ())).keys() | inherited(known)
    if found:
        path = Path(output_dir) / DATALIST
        write_datalist({**read_datalist(path), INHERITED: sorted(found)}, path)


def inherited(datalist: Mapping[str, Any]) -> set[str]:
    """Return the checksums of the images that ancestors of a datalist's weights have learned from."""
    return set(datalist.get(INHERITED, ()))
