# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Lock output folders, so that no two commands write to the same one. Without effect on Windows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import InputError

if sys.platform != "win32":
    import fcntl

_held: dict[Path, int] = {}  # descriptors of the folders that this process has locked


def hold(folder: str | Path, option: str = "--output_dir", shared: bool = False) -> None:
    """Lock a folder until `release` or the end of this process; a folder that this process has locked stays so.

    The lock is on the folder itself: no file is written. Child processes that inherit its descriptor hold it, too.

    Args:
        folder: folder to lock, created if missing; or an existing file.
        option: command-line option of the folder, for messages.
        shared: whether others may hold it at the same time, if they also share it.

    Raises:
        InputError: another process has locked the folder, or it cannot be created.
    """
    path = Path(folder).resolve()
    if sys.platform == "win32" or path in _held:
        return
    try:
        if not path.is_file():
            path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise InputError(f"{option} {folder}: cannot be created: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(
            f"{option} {folder}: another command is writing to this folder; wait for it, stop it, or choose another "
            "folder"
        ) from None
    except OSError:  # some network drives have no locks
        pass
    _held[path] = descriptor


def release(folder: str | Path) -> None:
    """Unlock a folder that `hold` has locked; without effect on others."""
    descriptor = _held.pop(Path(folder).resolve(), None)
    if descriptor is not None:
        os.close(descriptor)


@contextmanager
def locked(folder: str | Path, option: str = "--output_dir", shared: bool = False) -> Iterator[None]:
    """Hold the lock of a folder in a ``with`` block; see `hold`."""
    hold(folder, option, shared)
    try:
        yield
    finally:
        release(folder)


def check_in_place(path: Path) -> None:
    """Check that the locked folders above a file are still there, neither removed nor replaced since.

    Raises:
        InputError: one is not: a folder made anew would have the later results alone.
    """
    parents = path.resolve().parents
    for folder, descriptor in _held.items():
        if folder in parents and not (folder.exists() and os.path.samestat(os.fstat(descriptor), folder.stat())):
            raise InputError(f"{folder}: was removed while results were written to it; start the command again")


def held() -> list[int]:
    """Return the descriptors of the locked folders, for child processes that shall hold the locks, too."""
    return list(_held.values())


def is_locked(folder: str | Path) -> bool:
    """Return whether another process has locked a folder."""
    if sys.platform == "win32" or not Path(folder).exists():
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
