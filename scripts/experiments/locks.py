# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Locks of folders, so that no two runners write into one."""

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
    """Hold the lock of a folder; the processes that inherit the file hold it too.

    Args:
        folder: made if missing.
        option: that it was given by, for messages.

    Raises:
        InputError: it is held by others, or the folder cannot be written.
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
                f"{option} {folder}: another runner, or a training that it started, is at work there; wait for it or "
                "end it"
            ) from None
        yield file


def is_locked(folder: str | Path) -> bool:
    """Whether someone holds the lock of a folder."""
    try:
        with (Path(folder) / LOCK).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
