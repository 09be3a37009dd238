# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Share the files of a prediction out over processes or machines, and merge their results."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import InputError
from ..images.listing import natural_key
from . import journal as journals
from .journal import Journal, read_lines

_JOURNAL = re.compile(r"progress\.(\d+)_of_(\d+)\.jsonl")


@dataclass(frozen=True)
class Shard:
    """One of several shares of the input files.

    A file's name decides which share it belongs to, so that shares on machines that list the files differently neither
    overlap nor leave one out.

    Attributes:
        number: 1 to `count`.
        count: number of shares.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that the user wrote as ``2/4``.

        Raises:
            InputError: another form, or a number out of range.
        """
        match = re.fullmatch(r"(\d+)/(\d+)", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise InputError(f"--shard {text}: must be i/n with i from 1 to n, such as 2/4")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        return f"{self.number}/{self.count}"

    def has(self, name: str) -> bool:
        """Return whether a file belongs to this shard, by its path below the root of the inputs."""
        return zlib.crc32(_bytes(name)) % self.count == self.number - 1

    @property
    def journal(self) -> str:
        """The name of the shard's progress file."""
        if self.count == 1:
            return journals.FILE
        return f"progress.{self.number}_of_{self.count}.jsonl"


ALL = Shard(1, 1)


def shard_journals(folder: Path) -> dict[Shard, Path]:
    """Return the progress files of shards in a results folder."""
    matches = ((_JOURNAL.fullmatch(path.name), path) for path in folder.glob("progress.*.jsonl"))
    return {Shard(int(match[1]), int(match[2])): path for match, path in matches if match}


def digest(names: Iterable[str]) -> str:
    """Return a checksum of the names of all input files, which must be the same for all shards."""
    return hashlib.sha256(b"\n".join(sorted(map(_bytes, names)))).hexdigest()


def merge_journals(folder: Path) -> tuple[Journal, dict[str, Any]]:
    """Join the progress files of all shards in a results folder to that of one prediction.

    Returns:
        The journal, with the files in the order of their names, and the summary that the shards noted at their end.

    Raises:
        InputError: there are none, one is missing, unfinished or of another prediction, or the shards saw other files.
    """
    path = folder / journals.FILE
    if merged := _merged(folder):
        return Journal(path, merged.settings), merged.summary
    parts = _read(folder)
    first = next(iter(parts.values()))
    path.unlink(missing_ok=True)  # of a merge that was interrupted
    journal = Journal(path, first.settings)
    ends = sorted(((name, part) for part in parts.values() for name in part.ends), key=lambda each: _order(each[0]))
    for name, part in ends:
        end, attempt = part.ends[name], journal.begin()
        for offset in part.rows.get(end["attempt"], ()) if end["error"] is None else ():
            journal.add_row(attempt, *journals.read_drawing(part.path, offset))
        journal.end(attempt, name, end["content"], end["results"], end["error"])
    return journal, first.summary


@dataclass
class _Part:
    """What the progress file of a shard holds."""

    path: Path
    settings: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    ends: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[int, list[int]] = field(default_factory=dict)  # offsets of the lines of each attempt


def _merged(folder: Path) -> _Part | None:
    """Return what a merge joined that was interrupted while it removed the progress files of the shards."""
    path = folder / journals.FILE
    if not path.is_file() or not shard_journals(folder):
        return None
    try:
        part = _part(path)
    except journals.DamagedError:
        return None
    return part if part.summary else None


def _read(folder: Path) -> dict[Shard, _Part]:
    paths = shard_journals(folder)
    if not paths and (folder / journals.FILE).is_file():
        raise InputError(f"{folder}: holds a whole prediction, not shards; there is nothing to merge")
    if not paths:
        raise InputError(f"{folder}: no shards to merge; make them with predict --shard i/n --output_dir {folder}")
    count = max(shard.count for shard in paths)
    parts = {}
    for shard in (Shard(number, count) for number in range(1, count + 1)):
        if shard not in paths:
            raise InputError(f"{folder}: shard {shard} is missing; run predict with --shard {shard}")
        try:
            parts[shard] = part = _part(paths[shard])
        except journals.DamagedError as error:
            raise InputError(f"{error}; continue it with --shard {shard} --resume") from None
        if not part.summary:
            raise InputError(f"{folder}: shard {shard} is not finished; continue it with --shard {shard} --resume")
        _compare(folder, part, shard, parts[Shard(1, count)])
    if len(paths) > count:
        other = next(shard for shard in paths if shard.count != count)
        raise InputError(f"{folder}: holds shard {other} and shards of {count}; remove {other.journal}")
    taken: dict[str, str] = {}
    for name, results in ((name, end["results"]) for part in parts.values() for name, end in part.ends.items()):
        if results and taken.setdefault(results, name) != name:
            raise InputError(f"{folder}: {taken[results]} and {name} have the same results {results}; predict again")
    return parts


def _part(path: Path) -> _Part:
    part = _Part(path)
    for line, offset in read_lines(path):
        part.summary = line.get("finished", {})  # the last line, unless the shard is being processed again
        if "settings" in line:
            part.settings = line["settings"]
        elif "end" in line:
            part.ends[line["end"]] = line
        elif "row" in line:
            part.rows.setdefault(line["attempt"], []).append(offset)
    return part


def _compare(folder: Path, part: _Part, shard: Shard, first: _Part) -> None:
    for name in {**part.settings, **first.settings}:
        one, other = first.settings.get(name), part.settings.get(name)
        if one != other:
            raise InputError(
                f"{folder}: shard {shard} was predicted with {name} {other}, shard 1/{shard.count} with {one}; predict "
                "it again with the same options and --overwrite"
            )
    if part.summary["digest"] != first.summary["digest"]:
        raise InputError(
            f"{folder}: shard {shard} and shard 1/{shard.count} saw different input files; run all shards again with "
            "--resume"
        )


def _order(name: str) -> list[tuple[bool, Any]]:
    """Return a key that sorts the files of a folder before its subfolders, each in natural order."""
    *folders, file = PurePosixPath(name).parts
    return [*((True, natural_key(Path(part))) for part in folders), (False, natural_key(Path(file)))]


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
