# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the command of a cell in a process and write its log."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..bundle.exit_status import describe_exit
from ..bundle.paths import ROOT

POLL_SECONDS = 0.5


def run_process(
    words: Sequence[str],
    shown: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    inherited: Sequence[int],
    is_over: Callable[[], bool],
) -> int | None:
    """Run a command in the bundle's folder, its output appended to a log.

    Args:
        words: the command.
        shown: the command as written to the log.
        log: the log file.
        environment: environment variables of the process.
        inherited: descriptors that the process inherits: of locks, which then last if this process is killed.
        is_over: returns whether to terminate the process.

    Returns:
        The exit status, None if it was terminated.
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
            pass_fds=inherited,
        )
        while process.poll() is None:
            time.sleep(POLL_SECONDS)
            if is_over():
                process.terminate()
                process.wait()
                return None
    return process.returncode


def failure_reason(log: Path, status: int) -> str:
    """Return why the last command of a log failed: its error message, or its exit status and last line."""
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text[text.rfind("\n$ ") + 1 :].splitlines() if line.strip()]
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if errors:
        return errors[-1]
    return f"{describe_exit(status)}; last line: {lines[-1]}"
