# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write files atomically: completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ..errors import InputError
from .folder_lock import check_in_place


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path to write to, and move it to `path` at the end of the block, unless there was an error.

    So `path` never holds an incomplete file, even if the process is killed, and its previous content is kept until
    then. Missing folders are created, but not one that this process has locked.

    Raises:
        InputError: the file or its folder cannot be written. An `OSError` of the block that names another file is not
            changed.
    """
    path = Path(path)
    check_in_place(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        if error.filename is not None:  # writing to an open file fails without a name, as on a full disk
            named = Path(str(error.filename))
            if named.name != partial.name and named not in partial.parents:
                raise
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def atomic_text_file(path: str | Path) -> Iterator[TextIO]:
    r"""Open a text file for writing, atomically as in `atomic_write`: UTF-8, line feeds on every system.

    Characters of file names that UTF-8 cannot encode are written as escapes (``\udcff``), which JSON can read.
    """
    with (
        atomic_write(path) as partial,
        partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        yield file


def write_text(path: str | Path, text: str) -> None:
    """Write a text atomically.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_text_file(path) as file:
        file.write(text)
