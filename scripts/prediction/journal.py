# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a prediction has done so far, in a file that a kill leaves whole but for its last line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import InputError

FILE = "progress.jsonl"


class Journal:
    """A line for each image, and one when all of a file are done or it failed; the first tells the settings.

    A file that is done again, since it has changed, counts with its last attempt; one that was under way when the
    process ended counts as not begun.

    Args:
        path: of the journal; it goes on where it is.
        settings: what decides the results. They must be those of the journal that is there.

    Raises:
        InputError: the journal cannot be read or written, or is of other settings.
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
        with suppress(OSError):  # of what could not be written, which was told before
            self._file.close()

    def is_done(self, name: str, stamp: list[int]) -> bool:
        """Whether a file is done and has not changed since.

        Args:
            name: of the file, below the root of the inputs.
            stamp: size and time of its last change.
        """
        end = self._ends.get(name)
        return end is not None and end["error"] is None and end["stamp"] == stamp

    def begin(self) -> int:
        """Return the number of a new attempt at a file."""
        self._attempts += 1
        return self._attempts

    def add_row(self, attempt: int, row: Mapping[str, Any], drawing: Mapping[str, Any]) -> None:
        """Note what was found in one image.

        Args:
            attempt: at its file.
            row: of the result table.
            drawing: what the report shows of it.
        """
        self._write({"attempt": attempt, "row": dict(row), "drawing": dict(drawing)})

    def end(self, attempt: int, name: str, stamp: list[int], error: str | None = None) -> None:
        """Note that a file is done, or why it failed."""
        end = {"end": name, "attempt": attempt, "stamp": stamp, "error": error}
        self._ends[name] = end
        self._write(end)

    def failures(self) -> dict[str, str]:
        """Return the reasons of the files that failed, by name."""
        return {name: end["error"] for name, end in self._ends.items() if end["error"] is not None}

    def rows(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield the row of each image whose file is done, and where its line begins in the journal."""
        valid = {end["attempt"] for end in self._ends.values() if end["error"] is None}
        for line, offset in read_lines(self.path):
            if line.get("attempt") in valid and "row" in line:
                yield line["row"], offset

    def done(self) -> set[str]:
        """Return the names of the files that are done."""
        return {name for name, end in self._ends.items() if end["error"] is None}

    def forget(self, names: Iterable[str]) -> None:
        """Take files as not begun."""
        for name in names:
            self._ends.pop(name, None)

    def outdated(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of images whose files are not done."""
        done = self.done()
        for line, _ in read_lines(self.path):
            if "row" in line and line["row"]["file"] not in done:
                yield line["row"]

    def drawing(self, offset: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the row and the drawing of the line that begins at `offset`."""
        with self.path.open("rb") as file:
            file.seek(offset)
            line = json.loads(file.readline())
        return line["row"], line["drawing"]

    def _go_on(self, settings: Mapping[str, Any]) -> bool:
        """Take over what is there; False where a kill left nothing of it."""
        whole = 0
        known = None
        for line, offset in read_lines(self.path):
            if known is None:
                known = line.get("settings")
            if {"end", "attempt", "stamp", "error"} <= line.keys():
                self._ends[line["end"]] = line
            if isinstance(attempt := line.get("attempt"), int):
                self._attempts = max(self._attempts, attempt)
            whole = offset + line["length"]
        if not whole and b"\n" not in self.path.read_bytes():
            return False
        if not isinstance(known, dict):
            raise InputError(f"{self.path}: is no journal of a prediction; choose another --output_dir")
        for name in {**known, **settings}:
            if known.get(name) != json.loads(json.dumps(settings.get(name))):
                raise InputError(
                    f"--resume: {self.path} was begun with {name} {known.get(name)}, not {settings.get(name)}; use the "
                    "same options, or --overwrite"
                )
        with self.path.open("r+b") as file:
            file.truncate(whole)  # a line that a kill cut off
        # What failed is done again where it is still asked for, and else of no interest any more.
        self._ends = {name: end for name, end in self._ends.items() if end["error"] is None}
        return True

    def _write(self, line: Mapping[str, Any]) -> None:
        try:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()  # a kill loses no more than a line
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from None


def read_lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each whole line of a journal, with its ``length`` in bytes, and where it begins."""
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
