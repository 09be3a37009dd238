# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""End an interrupted run (Ctrl-C, SIGTERM) with one line that says how to resume it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType

# How to resume the incomplete trainings of this process: a distillation, then the training of a teacher for it.
_unfinished: dict[Path, str] = {}


def begin(output_dir: str | Path, overwrite: bool) -> None:
    """Register that the training in `output_dir` can be resumed from now on.

    Args:
        output_dir: folder of the run.
        overwrite: whether its command has ``--overwrite true``, which must be left out to resume.
    """
    _unfinished[Path(output_dir)] = "--resume true instead of --overwrite true" if overwrite else "--resume true"


def end(output_dir: str | Path) -> None:
    """Register that the training in `output_dir` is complete."""
    _unfinished.pop(Path(output_dir), None)


def report_interruption() -> None:
    """Make Ctrl-C end this process with one line that says how to resume, instead of a stack trace.

    The exit status is not changed: 130 in a shell.
    """
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            _print("Interrupted")
        else:
            previous(kind, error, trace)

    sys.excepthook = hook


def report_termination() -> None:
    """Make SIGTERM end this process with the same line.

    The exit status is not changed: 143 in a shell. An existing handler is kept.
    """
    main_process = os.getpid()

    def terminate(number: int, frame: FrameType | None) -> None:
        if os.getpid() == main_process:  # not in the workers of a data loader
            _print("Terminated")
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, terminate)


def _print(event: str) -> None:
    """Print the event and how to resume the training, if there is one; only in the first process."""
    if os.environ.get("RANK", "0") != "0":
        return
    advice = ""
    if _unfinished:
        folder, option = next(iter(_unfinished.items()))
        advice = f" To resume the training in {folder}, repeat the command with {option}."
    new_line = "\n" if sys.stderr.isatty() else ""  # after a progress bar
    print(f"{new_line}{event}.{advice}", file=sys.stderr)
