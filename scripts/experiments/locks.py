# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lock folders, so that no two runners write to the same one."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import InputError

LOCK = ".lock"


@contextmanager
def locked(folder: str | Path, option: str = "--results_dir") -> Iterator[IO[str]]:
    """Hold the lock of a folder; child processes that inherit the lock file hold it too.

    Args:
        folder: folder to lock, created if missing.
        option: command-line option of the folder, for messages.

    Raises:
        InputError: another process holds the lock, or the folder cannot be written.
    """
    path = Path(folder) / LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise InputError(f"{option} {folder}: cannot be written: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{option} {folder}: another runner, or a training that it started, uses this folder; wait for it or "
                "stop it"
            ) from None
        yield file


def is_locked(folder: str | Path) -> bool:
    """Return whether a process holds the lock of a folder."""
    try:
        with (Path(folder) / LOCK).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
