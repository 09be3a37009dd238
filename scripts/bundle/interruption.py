# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a run says when it is interrupted: how to go on with it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType

# Trainings of this process that are not complete: a distillation, then that of a teacher for it.
_unfinished: dict[Path, str] = {}


def begin(output_dir: str | Path, overwrite: bool) -> None:
    """Note that the training in `output_dir` can be resumed from now on.

    Args:
        output_dir: the run's folder.
        overwrite: whether its command replaces what was there, which is not for the command that resumes it.
    """
    _unfinished[Path(output_dir)] = "--resume true in place of --overwrite true" if overwrite else "--resume true"


def end(output_dir: str | Path) -> None:
    """Note that the training in `output_dir` is complete."""
    _unfinished.pop(Path(output_dir), None)


def report_interruption() -> None:
    """Let Ctrl-C end this process with one line that says how to go on, and without a stack trace.

    The exit status stays that of a process ended by its signal: 130, in a shell.
    """
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            _tell("Interrupted")
        else:
            previous(kind, error, trace)

    sys.excepthook = hook


def report_termination() -> None:
    """Let SIGTERM end this process with the same line, and the exit status that it has without it: 143, in a shell.

    A program that has a handler of its own keeps it.
    """
    owner = os.getpid()

    def terminate(number: int, frame: FrameType | None) -> None:
        if os.getpid() == owner:  # not a process that loads data for it
            _tell("Terminated")
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, terminate)


def _tell(what: str) -> None:
    """Print what happened and, of a training, how to go on. Of several processes the first does."""
    if os.environ.get("RANK", "0") != "0":
        return
    how = ""
    if _unfinished:
        folder, option = next(iter(_unfinished.items()))
        how = f" To go on with the training in {folder}, repeat the command with {option}."
    below_progress_bar = "\n" if sys.stderr.isatty() else ""
    print(f"{below_progress_bar}{what}.{how}", file=sys.stderr)
