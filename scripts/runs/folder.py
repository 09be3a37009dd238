# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Open and close the output folder of a training or evaluation without losing finished results.

With several processes, rank 0 does the work and its errors stop all processes.
"""

from __future__ import annotations

import logging
import shlex
import shutil
from collections.abc import Collection
from pathlib import Path

from torch import nn

from ..bundle import interruption
from ..bundle.paths import PROGRAM
from ..distributed import check_joined, rank_zero_only
from ..errors import InputError
from ..files import folder_lock
from ..files.folders import make_folder
from ..networks.weights import read_checkpoint
from .disk_space import check_room
from .file_names import (
    BEST,
    COMMAND,
    CONFIG,
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
    """Return whether the run in `output_dir` was fully trained and tested."""
    folder = Path(output_dir)
    return (folder / METRICS).is_file() and (folder / BEST).is_file() and not (folder / RESUME).exists()


@rank_zero_only
def check_run_folder(
    output_dir: str | Path,
    resume: bool = False,
    overwrite: bool = False,
    training: bool = True,
    epochs: int | None = None,
    network: nn.Module | None = None,
    finetuned: Collection[nn.Module] = (),
    teachers_dir: str | Path | None = None,
    untrained: Collection[nn.Module] = (),
) -> None:
    """Check that a run may write to `output_dir` and has room, and lock it. Existing files are not changed.

    Args:
        output_dir: folder of the run, created if missing.
        resume: continue the run in the folder after its last epoch.
        overwrite: replace the run in the folder.
        training: whether the run trains.
        epochs: total number of epochs; a complete run with fewer epochs can be resumed.
        network, finetuned, teachers_dir, untrained: what a training writes; see `check_room`.

    Raises:
        InputError: another command writes to the folder; it holds a run and neither option is given; both options are
            given; the run to resume is complete; the folder cannot be written, or its disk has too little room; or
            torchrun started processes without the multi-GPU overlay.
    """
    folder_lock.hold(output_dir)
    _check(Path(output_dir), resume, overwrite, training, epochs)
    if network is not None:
        check_room(output_dir, network, finetuned, teachers_dir, untrained)


@rank_zero_only
def open_run(
    output_dir: str | Path,
    resume: bool = False,
    overwrite: bool = False,
    training: bool = True,
    epochs: int | None = None,
) -> None:
    """Delete the run that is replaced, as the last step before a training or evaluation starts.

    Trained teachers in subfolders are kept, and so are the weights if the new run only evaluates. Arguments and errors
    are those of `check_run_folder`.
    """
    folder = Path(output_dir)
    _check(folder, resume, overwrite, training, epochs)
    if overwrite:
        finetuned = [path.name for path in folder.glob(TEACHER.format("*"))] if training else []
        command = (COMMAND, CONFIG) if training else ()
        for name in (*_present(folder, training), *finetuned, *command, DATALIST, REPORT):
            (folder / name).unlink(missing_ok=True)
        for name in (EVALUATED, *([TRAINED] if training else [])):
            shutil.rmtree(folder / name, ignore_errors=True)
    for partial in folder.glob(".*.partial"):  # left by a run that was killed
        partial.unlink()
    if training:
        interruption.begin(folder, overwrite)


@rank_zero_only
def close_run(output_dir: str | Path, keep_checkpoint: bool = True) -> None:
    """Mark a run as complete and log the files that it wrote.

    Args:
        output_dir: folder of the run.
        keep_checkpoint: keep the checkpoint, so that the training can be continued with more epochs. It holds weights
            and optimizers of all trained networks, some gigabytes for large teachers.
    """
    folder = Path(output_dir)
    if keep_checkpoint and (folder / RESUME).exists():
        (folder / RESUME).replace(folder / FINAL)
    (folder / RESUME).unlink(missing_ok=True)
    interruption.end(folder)
    folder_lock.release(folder)
    results = (BEST, LAST, DATALIST, *FIGURES, EVALUATED)
    logger.info(f"Complete: {', '.join(name for name in results if (folder / name).exists())} in {folder}.")
    if (folder / CONFIG).is_file():
        logger.info(f"Segment images with this network: {PROGRAM} predict IMAGES --run {shlex.quote(str(folder))}")


def _check(folder: Path, resume: bool, overwrite: bool, training: bool, epochs: int | None) -> None:
    check_joined()
    make_folder(folder)
    if resume and overwrite:
        raise InputError("--resume true --overwrite true: give one of them, not both")
    if overwrite:
        return
    if resume and is_complete(folder):
        done = _epochs_done(folder)
        if epochs is None or done is None or epochs <= done:
            more = f"; give more --epochs than {done} to train it further" if done else ""
            raise InputError(f"--output_dir {folder}: this run is complete; there is nothing to resume{more}")
    elif not resume and _present(folder, training):
        if training:
            state, resumed = (
                ("a complete" if is_complete(folder) else "an unfinished"),
                "continue it with --resume true, ",
            )
        else:
            state, resumed = "an evaluated", ""
        raise InputError(
            f"--output_dir {folder}: holds {state} run; {resumed}replace it with --overwrite true (its trained "
            "teachers are kept), or choose another folder"
        )


def _present(folder: Path, training: bool) -> list[str]:
    """Return the names of a run's files that are in the folder."""
    return [name for name in (*(WEIGHTS if training else ()), *FIGURES) if (folder / name).exists()]


def _epochs_done(folder: Path) -> int | None:
    """Return the number of epochs of a complete run, None if its last checkpoint was not kept."""
    if not (folder / FINAL).is_file():
        return None
    return int(read_checkpoint(folder / FINAL, "checkpoint").get("progress", {}).get("epoch", 0)) or None
