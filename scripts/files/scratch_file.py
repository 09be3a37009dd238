# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Temporary files for what may not fit into memory."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from types import TracebackType

from ..errors import InputError

BLOCK = 2**20  # bytes per write


class ScratchFile:
    """A temporary file, deleted when it is closed; also a context manager.

    Attributes:
        file: the open file, for reading.

    Args:
        content: what it holds, for messages.

    Raises:
        InputError: it cannot be made.
    """

    def __init__(self, content: str) -> None:
        self._content = content
        try:
            self.file = tempfile.TemporaryFile()
        except OSError as error:
            raise self._told(error) from None

    def write(self, content: bytes) -> None:
        """Write where the last write ended.

        Raises:
            InputError: the disk is full.
        """
        try:
            self.file.write(content)
            self.file.flush()
        except OSError as error:
            raise self._told(error) from None

    def reserve(self, size: int) -> None:
        """Fill the file with this many zeros: a memory-mapped file ends the process where the disk has no room for it.

        Raises:
            InputError: the disk has no room.
        """
        for start in range(0, size, BLOCK):
            self.write(bytes(min(BLOCK, size - start)))

    def close(self) -> None:
        """Delete the file."""
        with suppress(OSError):  # what could not be written was told before
            self.file.close()

    def __enter__(self) -> ScratchFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _told(self, error: OSError) -> InputError:
        return InputError(
            f"no room for {self._content} in the temporary folder {tempfile.gettempdir()} ({error.strerror}); set "
            "TMPDIR to a folder on a larger disk"
        )
