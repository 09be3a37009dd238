# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder of a training run: opened with care, described, and tidied when the run is complete.

Of several processes the first does it, and what it finds wrong ends all.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from ..bundle import interruption
from ..distributed import by_first_process, check_joined
from ..errors import InputError
from ..files.folders import make_folder
from ..networks.weights import read_checkpoint
from .file_names import (
    BEST,
    COMMAND,
    DATALIST,
    EVALUATED,
    FIGURES,
    FINAL,
    LAST,
    METRICS,
    REPORT,
    RESUME,
    TEACHER,
    TRAINED,
    WEIGHTS,
)

logger = logging.getLogger(__name__)


def is_complete(output_dir: str | Path) -> bool:
    """Whether the run in `output_dir` was trained to its end and evaluated."""
    folder = Path(output_dir)
    return (folder / METRICS).is_file() and (folder / BEST).is_file() and not (folder / RESUME).exists()


@by_first_process
def check_run_folder(
    output_dir: str | Path,
    resume: bool = False,
    overwrite: bool = False,
    training: bool = True,
    epochs: int | None = None,
) -> None:
    """Make sure that a run may write into `output_dir`. Nothing in it is changed.

    Args:
        output_dir: the run's folder, made if missing.
        resume: go on with the run that is there, from its last epoch.
        overwrite: replace the run that is there.
        training: whether the run trains.
        epochs: how many the training shall have in all; a complete run goes on where they are more than it has.

    Raises:
        InputError: the folder holds a run and neither option is given, or both are, or the run to be resumed is
            complete, or the folder cannot be written, or several processes do not know of each other.
    """
    _check(Path(output_dir), resume, overwrite, training, epochs)


@by_first_process
def open_run(
    output_dir: str | Path,
    resume: bool = False,
    overwrite: bool = False,
    training: bool = True,
    epochs: int | None = None,
) -> None:
    """Remove the run that is to be replaced: the last step before a training or an evaluation starts.

    Trained teachers in folders below stay, and so do the weights where the run only evaluates. Arguments and errors are
    those of `check_run_folder`.
    """
    folder = Path(output_dir)
    _check(folder, resume, overwrite, training, epochs)
    if overwrite:
        finetuned = [path.name for path in folder.glob(TEACHER.format("*"))] if training else []
        own = (COMMAND,) if training else ()
        for name in (*_present(folder, training), *finetuned, *own, DATALIST, REPORT):
            (folder / name).unlink(missing_ok=True)
        for name in (EVALUATED, *([TRAINED] if training else [])):
            shutil.rmtree(folder / name, ignore_errors=True)
    for partial in folder.glob(".*.partial"):  # of a run that was killed while it wrote
        partial.unlink()
    if training:
        interruption.begin(folder, overwrite)


@by_first_process
def close_run(output_dir: str | Path, keep_checkpoint: bool = True) -> None:
    """Mark a run as complete, and name what it made.

    Args:
        output_dir: the run's folder.
        keep_checkpoint: keep what the run needs to be trained further with more epochs: the weights and optimizers of
            all networks that learn, some gigabytes for large teachers.
    """
    folder = Path(output_dir)
    if keep_checkpoint and (folder / RESUME).exists():
        (folder / RESUME).replace(folder / FINAL)
    (folder / RESUME).unlink(missing_ok=True)
    interruption.end(folder)
    made = (BEST, LAST, DATALIST, *FIGURES, EVALUATED)
    logger.info(f"Complete: {', '.join(name for name in made if (folder / name).exists())} in {folder}.")


def _check(folder: Path, resume: bool, overwrite: bool, training: bool, epochs: int | None) -> None:
    check_joined()
    make_folder(folder)
    if resume and overwrite:
        raise InputError("--resume true --overwrite true: go on with the run that is there, or replace it; not both")
    if overwrite:
        return
    if resume and is_complete(folder):
        done = _epochs_done(folder)
        if epochs is None or done is None or epochs <= done:
            more = f"; give more --epochs than its {done} to train it further" if done else ""
            raise InputError(f"--output_dir {folder}: this run is complete, nothing is left to resume{more}")
    elif not resume and _present(folder, training):
        if training:
            state, resumed = ("a complete" if is_complete(folder) else "an unfinished"), "go on with --resume true, "
        else:
            state, resumed = "an evaluated", ""
        raise InputError(
            f"--output_dir {folder}: holds {state} run; {resumed}replace it with --overwrite true (teachers below it "
            "are kept), or choose another folder"
        )


def _present(folder: Path, training: bool) -> list[str]:
    """Names of the files of a run that are in the folder."""
    return [name for name in (*(WEIGHTS if training else ()), *FIGURES) if (folder / name).exists()]


def _epochs_done(folder: Path) -> int | None:
    """Epochs of a complete run, None where its last checkpoint was not kept."""
    if not (folder / FINAL).is_file():
        return None
    return int(read_checkpoint(folder / FINAL, "checkpoint").get("progress", {}).get("epoch", 0)) or None
