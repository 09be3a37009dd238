# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The progress file of a prediction, for resuming; an interruption can damage only its last line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import InputError

FILE = "progress.jsonl"


class Journal:
    """A file with a line for the settings, one for each image, and one for each input file that is done or failed.

    If a file was processed several times, the last attempt counts. A file that was being processed when the process
    ended counts as not started.

    Args:
        path: path of the journal; an existing journal is continued.
        settings: settings that affect the results; they must equal those of an existing journal.

    Raises:
        InputError: the journal cannot be read or written, or has other settings.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        self._ends: dict[str, dict[str, Any]] = {}
        self._attempts = 0
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

    def is_done(self, name: str, stamp: list[int]) -> bool:
        """Return whether a file is done and has not changed since.

        Args:
            name: path of the file below the root of the inputs.
            stamp: size and modification time of the file.
        """
        end = self._ends.get(name)
        return end is not None and end["error"] is None and end["stamp"] == stamp

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

    def end(self, attempt: int, name: str, stamp: list[int], results: str = "", error: str | None = None) -> None:
        """Record that a file is done, and the start of the names of its results, or that it failed, and its error."""
        end = {"end": name, "attempt": attempt, "stamp": stamp, "results": results, "error": error}
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
        for line, offset in read_lines(self.path):
            if known is None:
                known = line.get("settings")
            if {"end", "attempt", "stamp", "results", "error"} <= line.keys():
                self._ends[line["end"]] = line
            if isinstance(attempt := line.get("attempt"), int):
                self._attempts = max(self._attempts, attempt)
            whole = offset + line["length"]
        if not whole and b"\n" not in self.path.read_bytes():
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
            file.truncate(whole)  # drop a truncated line
        # Failed files are processed again if they are still among the inputs.
        self._ends = {name: end for name, end in self._ends.items() if end["error"] is None}
        return True

    def _write(self, line: Mapping[str, Any]) -> None:
        try:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()  # an interruption loses at most one line
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from None


def read_drawing(path: Path, offset: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the row and the drawing of the line at `offset` of a journal."""
    with path.open("rb") as file:
        file.seek(offset)
        line = json.loads(file.readline())
    return line["row"], line["drawing"]


def read_lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each complete line of a journal, with its ``length`` in bytes, and its offset."""
    offset = 0
    with path.open("rb") as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                return
            if not text.endswith(b"\n") or not isinstance(line, dict):
                return
            yield {**line, "length": len(text)}, offset
            offset += len(text)
