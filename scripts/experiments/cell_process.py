# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The process that does a cell, and its log."""

from __future__ import annotations

import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from ..bundle.paths import ROOT

POLL_SECONDS = 0.5


def run_process(
    words: Sequence[str],
    shown: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    inherited: Sequence[IO[str]],
    is_over: Callable[[], bool],
) -> int | None:
    """Run a command in the bundle's folder, its output appended to a log.

    Args:
        words: the command.
        shown: the same as the log has it.
        log: the file.
        environment: of the process.
        inherited: open files that the process holds as well, also when this one is killed.
        is_over: whether it is to be ended.

    Returns:
        The exit status, None if it was ended.
    """
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {shlex.join(shown)}\n")
        file.flush()
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            pass_fds=[each.fileno() for each in inherited],
        )
        while process.poll() is None:
            time.sleep(POLL_SECONDS)
            if is_over():
                process.terminate()
                process.wait()
                return None
    return process.returncode


def why_it_failed(log: Path, status: int) -> str:
    """Return why the last command of a log failed: the error that it told, or how and where it ended."""
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text[text.rfind("\n$ ") + 1 :].splitlines() if line.strip()]
    told = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if told:
        return told[-1]
    how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    return f"{how}; last line: {lines[-1]}"
