# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder of a training run: opened with care, described, and tidied when the run is complete.

Of several processes the first does it, and what it finds wrong ends all.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from ..distributed import by_first_process, check_joined
from ..errors import InputError
from ..files.folders import make_folder
from .file_names import BEST, DATALIST, EVALUATED, FIGURES, LAST, METRICS, REPORT, RESUME, TEACHER, TRAINED, WEIGHTS

logger = logging.getLogger(__name__)


def is_complete(output_dir: str | Path) -> bool:
    """Whether the run in `output_dir` was trained to its end and evaluated."""
    folder = Path(output_dir)
    return (folder / METRICS).is_file() and (folder / BEST).is_file() and not (folder / RESUME).exists()


@by_first_process
def open_run(output_dir: str | Path, resume: bool = False, overwrite: bool = False, training: bool = True) -> None:
    """Make sure that a run may write into `output_dir`, and that nothing finished is lost by it.

    Args:
        output_dir: the run's folder, made if missing.
        resume: go on with the run that is there, from its last epoch.
        overwrite: remove what is there of such a run; trained teachers in folders below stay, and so do the weights
            where the run only evaluates.
        training: whether the run trains.

    Raises:
        InputError: the folder holds a run and neither option is given, or both are, or the run to be resumed is
            complete, or the folder cannot be written, or several processes do not know of each other.
    """
    check_joined()
    folder = Path(output_dir)
    make_folder(folder)
    if resume and overwrite:
        raise InputError("--resume true --overwrite true: go on with the run that is there, or replace it; not both")
    present = [name for name in (*(WEIGHTS if training else ()), *FIGURES) if (folder / name).exists()]
    if overwrite:
        finetuned = [path.name for path in folder.glob(TEACHER.format("*"))] if training else []
        for name in (*present, *finetuned, DATALIST, REPORT):
            (folder / name).unlink(missing_ok=True)
        for name in (EVALUATED, *([TRAINED] if training else [])):
            shutil.rmtree(folder / name, ignore_errors=True)
    elif resume and is_complete(folder):
        raise InputError(f"--output_dir {folder}: this run is complete, nothing is left to resume")
    elif present and not resume:
        if training:
            state, resumed = ("a complete" if is_complete(folder) else "an unfinished"), "go on with --resume true, "
        else:
            state, resumed = "an evaluated", ""
        raise InputError(
            f"--output_dir {folder}: holds {state} run; {resumed}replace it with --overwrite true (teachers below it "
            "are kept), or choose another folder"
        )
    for partial in folder.glob(".*.partial"):  # of a run that was killed while it wrote
        partial.unlink()


@by_first_process
def close_run(output_dir: str | Path) -> None:
    """Remove what only an unfinished run needs, and name what it made."""
    folder = Path(output_dir)
    (folder / RESUME).unlink(missing_ok=True)
    made = (BEST, LAST, DATALIST, *FIGURES, EVALUATED)
    logger.info(f"Complete: {', '.join(name for name in made if (folder / name).exists())} in {folder}.")
