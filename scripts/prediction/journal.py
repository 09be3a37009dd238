# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The progress file of a prediction, for resuming; an interruption can damage only its last line.

Each line ends with a checksum of itself and of all lines before it. A line that was edited, moved or taken from another
journal does not fit, and no line after it counts.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import InputError

logger = logging.getLogger(__name__)

FILE = "progress.jsonl"
CHECK = ', "check": "{}"}}\n'  # the end of each line
LENGTH = 16  # characters of a checksum


class Journal:
    """A file with a line for the settings, one for each image, and one for each input file that is done or failed.

    If a file was processed several times, the last attempt counts. A file that was being processed when the process
    ended counts as not started, and so do those of damaged lines.

    Args:
        path: path of the journal; an existing journal is continued.
        settings: settings that affect the results; they must equal those of an existing journal.

    Raises:
        InputError: the journal cannot be read or written, or has other settings; by any method: it was changed by
            another program in the meantime, or removed.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        self._ends: dict[str, dict[str, Any]] = {}
        self._attempts = 0
        self._check = ""
        try:
            begun = path.exists() and self._go_on(settings)
            self._file = path.open("a" if begun else "w", encoding="ascii")
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from None
        if not begun:
            self._write({"settings": dict(settings)})

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):  # the error was reported before
            self._file.close()

    def is_done(self, name: str, content: str | None) -> bool:
        """Return whether a file is done and has not changed since.

        Args:
            name: path of the file below the root of the inputs.
            content: its SHA-256, None if it cannot be read.
        """
        end = self._ends.get(name)
        return end is not None and end["error"] is None and content is not None and end["content"] == content

    def begin(self) -> int:
        """Start processing a file and return the number of the attempt."""
        self._attempts += 1
        return self._attempts

    def add_row(self, attempt: int, row: Mapping[str, Any], drawing: Mapping[str, Any]) -> None:
        """Record the results of one image.

        Args:
            attempt: number from `begin`.
            row: row of the result table.
            drawing: data for the report.
        """
        self._write({"attempt": attempt, "row": dict(row), "drawing": dict(drawing)})

    def end(self, attempt: int, name: str, content: str | None, results: str = "", error: str | None = None) -> None:
        """Record that a file is done, and the start of the names of its results, or that it failed, and its error."""
        end = {"end": name, "attempt": attempt, "content": content, "results": results, "error": error}
        self._ends[name] = end
        self._write(end)

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Record that all files of a shard were processed, with what its merge needs to know."""
        self._write({"finished": dict(summary)})

    def failures(self) -> dict[str, str]:
        """Return the errors of the files that failed, by name."""
        return {name: end["error"] for name, end in self._ends.items() if end["error"] is not None}

    def rows(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield the row of each image of the finished files, and the offset of its line in the journal."""
        valid = {end["attempt"] for end in self._ends.values() if end["error"] is None}
        for line, offset in read_lines(self.path):
            if line.get("attempt") in valid and "row" in line:
                yield line["row"], offset

    def done(self) -> dict[str, str]:
        """Return the start of the names of the results of each file that is done, by its name."""
        return {name: end["results"] for name, end in self._ends.items() if end["error"] is None}

    def forget(self, names: Iterable[str]) -> None:
        """Mark files as not started."""
        for name in names:
            self._ends.pop(name, None)

    def outdated(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of images of unfinished files."""
        done = self.done()
        for line, _ in read_lines(self.path):
            if "row" in line and line["row"]["file"] not in done:
                yield line["row"]

    def drawing(self, offset: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the row and the drawing of the line at `offset`."""
        return read_drawing(self.path, offset)

    def _go_on(self, settings: Mapping[str, Any]) -> bool:
        """Continue an existing journal; return False if it has no complete line."""
        whole = 0
        known = None
        try:
            for line, offset in read_lines(self.path):
                if known is None:
                    known = line.get("settings")
                if "end" in line:
                    self._ends[line["end"]] = line
                self._attempts = max(self._attempts, line.get("attempt", 0))
                whole, self._check = offset + line["length"], line["check"]
        except DamagedError as error:
            if known is None:
                raise InputError(
                    f"{self.path}: not the progress file of a prediction by this version; choose another --output_dir, "
                    "or replace the prediction with --overwrite"
                ) from None
            logger.warning(f"{error}; the files from there on are segmented again.")
        if not whole:
            return False
        if not isinstance(known, dict):
            raise InputError(f"{self.path}: not the progress file of a prediction; choose another --output_dir")
        for name in {**known, **settings}:
            if known.get(name) != json.loads(json.dumps(settings.get(name))):
                raise InputError(
                    f"--resume: {self.path} was started with {name} {known.get(name)}, not {settings.get(name)}; use "
                    "the same options, or --overwrite"
                )
        with self.path.open("r+b") as file:
            file.truncate(whole)  # drop lines that do not count
        return True

    def _write(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(line)[:-1]
        check = _checksum(self._check, text.encode("ascii"))
        try:
            self._file.write(text + CHECK.format(check))
            self._file.flush()  # an interruption loses at most one line
            is_there = os.fstat(self._file.fileno()).st_nlink > 0 and self.path.exists()
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from None
        if not is_there:
            raise InputError(f"{self.path}: was removed during the prediction; start it again")
        self._check = check


class DamagedError(InputError):
    """A line of a journal is not as it was written."""


def read_drawing(path: Path, offset: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the row and the drawing of the line at `offset` of a journal."""
    with path.open("rb") as file:
        file.seek(offset)
        line = json.loads(file.readline())
    return line["row"], line["drawing"]


def read_lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each complete line of a journal, with its ``length`` in bytes, and its offset.

    An incomplete last line, which an interruption leaves, is passed over.

    Raises:
        DamagedError: a line is not as it was written.
    """
    offset, check = 0, ""
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if not text.endswith(b"\n"):
                return
            end = len(text) - len(CHECK.format("")) - LENGTH
            check = _checksum(check, text[: max(end, 0)])
            if text[max(end, 0) :] != CHECK.format(check).encode("ascii"):
                raise DamagedError(f"{path}: line {number} is damaged or was edited")
            line = json.loads(text)
            yield {**line, "length": len(text)}, offset
            offset += len(text)


def _checksum(before: str, text: bytes) -> str:
    return hashlib.blake2b(before.encode("ascii") + text, digest_size=LENGTH // 2).hexdigest()
