# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Open the results folder of a prediction without losing results, and delete outdated results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files.folder_lock import is_locked
from ..files.folders import make_folder
from . import journal as journals
from .shards import ALL, Shard, shard_journals

CSV, LESIONS, CLIPS, JSON, REPORT = "results.csv", "lesions.csv", "clips.csv", "results.json", "report.html"
TABLES = (CSV, LESIONS, CLIPS, JSON, REPORT)
SHEET = "_sheet.png"  # end of the name of a clip's contact sheet
MEASUREMENTS = "_measurements.dcm"  # end of the name of a DICOM structured report
PARTIAL = re.compile(r"\..+\.\d+\.partial")  # temporary names of `atomic_write`


def open_folder(folder: Path, resume: bool, overwrite: bool, shard: Shard = ALL) -> None:
    """Prepare a folder for the results of a prediction, or of a shard of it.

    Args:
        folder: the folder, created if missing.
        resume: continue the prediction in the folder.
        overwrite: delete the prediction in the folder, of a shard only its own results; other files are kept.
        shard: the shard; others may be predicted into the folder at the same time.

    Raises:
        InputError: the folder holds results and neither option is given; both options are given; or the folder cannot
            be written.
    """
    if resume and overwrite:
        raise InputError("--resume --overwrite: give one of them, not both")
    make_folder(folder)
    journal = folder / shard.journal
    others = shard_journals(folder)
    if shard == ALL and others:
        raise InputError(
            f"--output_dir {folder}: holds shard {next(iter(others))} of a prediction; join the shards with merge, or "
            "choose another folder"
        )
    if shard != ALL and (folder / journals.FILE).exists():
        raise InputError(f"--output_dir {folder}: holds a whole prediction; choose another folder for its shards")
    if shard != ALL and is_locked(journal):
        raise InputError(
            f"--output_dir {folder} --shard {shard}: another command is predicting this shard; wait for it"
        )
    present = [name for name in (shard.journal, *TABLES) if (folder / name).exists()]
    if present and not (overwrite or (resume and journal.exists())):
        held = "a prediction; continue it with --resume," if journal.exists() else f"{present[0]};"
        raise InputError(f"--output_dir {folder}: holds {held} replace it with --overwrite, or choose another folder")
    if not present:
        return
    if not others:  # those of a shard may be in use by another
        for path in [path for path in folder.rglob(".*.partial") if PARTIAL.fullmatch(path.name)]:
            path.unlink(missing_ok=True)  # left by an interrupted prediction
    if overwrite:
        if journal.is_file():
            with suppress(journals.DamagedError):  # what can be known is removed
                remove_results(folder, (line["row"] for line, _ in journals.read_lines(journal) if "row" in line))
        for name in (*TABLES, shard.journal):
            (folder / name).unlink(missing_ok=True)


def remove_results(folder: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Delete masks, overlays, contact sheets and structured reports, and subfolders that become empty.

    Args:
        folder: results folder.
        rows: rows of the result table.
    """
    for row in rows:
        further = [SHEET] if row.get("frame") is not None else []
        if row["mask"].endswith(".dcm"):
            further.append(MEASUREMENTS)
        names = [row["mask"], row["overlay"], *(results_start(row) + end for end in further)]
        for path in (folder / name for name in names):
            # A manipulated journal could name any path.
            if not path.parent.resolve().is_relative_to(folder.resolve()) or path.is_dir():
                continue
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()


def results_start(row: Mapping[str, Any]) -> str:
    """Return the start of the names of a file's results, below the results folder.

    Args:
        row: row of the result table.
    """
    return row["mask"].rpartition("_mask")[0]
