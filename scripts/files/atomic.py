# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ..errors import InputError


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """Give a path beside `path` to write to, and put it in place when the block ends without an error.

    A reader, an error or a kill never meets half a file; what was there before stays until then. Missing folders are
    made.

    Raises:
        InputError: the file or its folder cannot be written.
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def text_written_whole(path: str | Path) -> Iterator[TextIO]:
    r"""Open a text file to be written as `written_whole` does: in UTF-8, the same bytes on every system.

    The name of a file need not be text: what UTF-8 cannot encode is written as an escape (``\udcff``), which JSON reads
    back as it was.
    """
    with (
        written_whole(path) as partial,
        partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        yield file


def write_text(path: str | Path, text: str) -> None:
    """Write a text as `text_written_whole` does, and raise what it raises."""
    with text_written_whole(path) as file:
        file.write(text)
