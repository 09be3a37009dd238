# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder of a prediction: opened with care, and rid of results that count no more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files.folders import make_folder
from . import journal as journals

CSV, JSON, REPORT = "results.csv", "results.json", "report.html"
PARTIAL = re.compile(r"\..+\.\d+\.partial")  # what `written_whole` calls a file until it is whole


def open_folder(folder: Path, resume: bool, overwrite: bool) -> None:
    """Make sure that a prediction may write into a folder, and that nothing is lost by it.

    Args:
        folder: made if missing.
        resume: go on with the prediction that is there.
        overwrite: remove the prediction that is there; all else stays.

    Raises:
        InputError: the folder holds results and neither option is given, or both are, or it cannot be written.
    """
    if resume and overwrite:
        raise InputError("--resume --overwrite: go on with what is there, or replace it; not both")
    make_folder(folder)
    journal = folder / journals.FILE
    present = [name for name in (journals.FILE, CSV, JSON, REPORT) if (folder / name).exists()]
    if present and not (overwrite or (resume and journal.exists())):
        what = "a prediction; go on with --resume, replace it" if journal.exists() else f"{present[0]}; replace it"
        raise InputError(f"--output_dir {folder}: holds {what} with --overwrite, or choose another folder")
    if not present:
        return
    for path in [path for path in folder.rglob(".*.partial") if PARTIAL.fullmatch(path.name)]:
        path.unlink(missing_ok=True)  # of a prediction that was killed
    if overwrite:
        if journal.is_file():
            remove_results(folder, (line["row"] for line, _ in journals.read_lines(journal) if "row" in line))
        for name in (CSV, JSON, REPORT, journals.FILE):
            (folder / name).unlink(missing_ok=True)


def remove_results(folder: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Remove masks and overlays, and what folders below are empty then.

    Args:
        folder: of the prediction.
        rows: of its result table.
    """
    for row in rows:
        for path in (folder / row["mask"], folder / row["overlay"]):
            # A journal that was tampered with could name anything.
            if not path.parent.resolve().is_relative_to(folder.resolve()) or path.is_dir():
                continue
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()
