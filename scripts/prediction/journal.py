# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a prediction has done so far, in a file that a kill leaves whole but for its last line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.errors import InputError

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
            if path.exists():
                self._go_on(settings)
                self._file = path.open("a", encoding="ascii")
            else:
                self._file = path.open("w", encoding="ascii")
                self._write({"settings": dict(settings)})
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from None

    def close(self) -> None:
        """Close the file."""
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
        self._file.flush()

    def failures(self) -> dict[str, str]:
        """Return the reasons of the files that failed, by name."""
        return {name: end["error"] for name, end in self._ends.items() if end["error"] is not None}

    def rows(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield the row of each image whose file is done, and where its line begins in the journal."""
        self._file.flush()
        valid = {end["attempt"] for end in self._ends.values() if end["error"] is None}
        for line, offset in read_lines(self.path):
            if line.get("attempt") in valid and "row" in line:
                yield line["row"], offset

    def drawing(self, offset: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the row and the drawing of the line that begins at `offset`."""
        with self.path.open("rb") as file:
            file.seek(offset)
            line = json.loads(file.readline())
        return line["row"], line["drawing"]

    def _go_on(self, settings: Mapping[str, Any]) -> None:
        whole = 0
        known = None
        for line, offset in read_lines(self.path):
            if known is None:
                known = line.get("settings")
            if "end" in line:
                self._ends[line["end"]] = line
            self._attempts = max(self._attempts, line.get("attempt", 0))
            whole = offset + line["length"]
        if known is None:
            raise InputError(f"{self.path}: is no journal of a prediction; choose another --output_dir")
        for name in {**known, **settings}:
            if known.get(name) != json.loads(json.dumps(settings.get(name))):
                raise InputError(
                    f"--resume: {self.path} was begun with {name} {known.get(name)}, not {settings.get(name)}; use the "
                    "same options, or --overwrite"
                )
        with self.path.open("r+b") as file:
            file.truncate(whole)  # a line that a kill cut off

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")


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
