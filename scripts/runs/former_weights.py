# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Weights that the bundle had before, kept in numbered folders, and how to go back to them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files.atomic import atomic_write
from ..files.hashing import hash_file
from ..files.json_file import read_json, write_json
from .file_names import BEST, CALIBRATION, DATALIST

FORMER = "former"  # folder in models/
RECORD = "kept.json"  # in each numbered folder
FILES = (BEST, DATALIST, CALIBRATION)  # datalist and calibration apply to the weights beside them only


@dataclass(frozen=True)
class FormerWeights:
    """Weights in a numbered folder.

    Attributes:
        folder: ``models/former/<number>``.
        record: when and why they were kept, their figures, and the SHA-256 of each file.
    """

    folder: Path
    record: Mapping[str, Any]

    @property
    def number(self) -> int:
        """Number of the folder, from 1; the highest was kept last."""
        return int(self.folder.name)

    def check(self) -> None:
        """Raise if a file is not as it was kept.

        Raises:
            InputError: the record or a file is missing or damaged.
        """
        files = self.record.get("sha256")
        if not isinstance(files, dict) or BEST not in files:
            raise InputError(f"{self.folder / RECORD}: missing or damaged; choose other weights with --number")
        for name, checksum in files.items():
            if name not in FILES or not (self.folder / name).is_file() or hash_file(self.folder / name) != checksum:
                raise InputError(f"{self.folder / name}: missing or damaged; choose other weights with --number")


def list_former(models: str | Path) -> list[FormerWeights]:
    """Return the weights that were kept in `models`, the oldest first."""
    folders = [path for path in (Path(models) / FORMER).glob("*") if path.name.isdecimal() and path.is_dir()]
    return [FormerWeights(path, _read_record(path / RECORD)) for path in sorted(folders, key=lambda p: int(p.name))]


def keep(models: str | Path, why: str, figures: Mapping[str, Any] | None = None) -> Path | None:
    """Copy the bundle's weights with their datalist and calibration to a new numbered folder.

    Args:
        models: the bundle's folder of weights.
        why: what replaces the weights.
        figures: what was measured of the weights.

    Returns:
        The new folder; None if there are no weights.

    Raises:
        InputError: the folder cannot be written.
    """
    models = Path(models)
    present = [name for name in FILES if (models / name).is_file()]
    if BEST not in present:
        return None
    former = list_former(models)
    folder = models / FORMER / str(former[-1].number + 1 if former else 1)
    partial = folder.with_name(f".{folder.name}.partial")  # so that no numbered folder is incomplete
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        for name in present:
            shutil.copy2(models / name, partial / name)
        record = {
            "kept": datetime.now().isoformat(timespec="seconds"),
            "why": why,
            "figures": dict(figures or {}),
            "sha256": {name: hash_file(partial / name) for name in present},
        }
        write_json(partial / RECORD, record)
        partial.replace(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return folder


def replace_weights(models: str | Path, sources: Mapping[str, Path]) -> None:
    """Replace the bundle's weights, datalist and calibration; what is not among `sources` is removed.

    Args:
        models: the bundle's folder of weights.
        sources: files by name; the weights are required.

    Raises:
        InputError: a file cannot be written.
    """
    models = Path(models)
    for name in (DATALIST, CALIBRATION):  # removed first: they must never stand beside weights of another training
        (models / name).unlink(missing_ok=True)
    for name in (name for name in FILES if name in sources):
        with atomic_write(models / name) as partial:
            partial.write_bytes(sources[name].read_bytes())


def restore(models: str | Path, number: int | None = None) -> tuple[FormerWeights, Path | None]:
    """Go back to former weights. The current ones are kept first, so nothing is lost.

    Args:
        models: the bundle's folder of weights.
        number: which weights; None for those that were kept last.

    Returns:
        The restored weights, and the folder in which the current ones are kept, None if there were none.

    Raises:
        InputError: there are no former weights, none of that number, or they are damaged.
    """
    former = {weights.number: weights for weights in list_former(models)}
    if not former:
        raise InputError(f"{Path(models) / FORMER}: no former weights; a training from MONAI Label keeps them there")
    if number is not None and number not in former:
        raise InputError(f"--number {number}: no such former weights; there are {', '.join(map(str, former))}")
    chosen = former[max(former) if number is None else number]
    chosen.check()
    kept = keep(models, f"replaced by the former weights {chosen.number}")
    replace_weights(models, {name: chosen.folder / name for name in chosen.record["sha256"]})
    return chosen, kept


def _read_record(path: Path) -> dict[str, Any]:
    """Return the record of a numbered folder, empty if it is missing or damaged."""
    try:
        record = read_json(path)
    except InputError:
        return {}
    return record if isinstance(record, dict) else {}
