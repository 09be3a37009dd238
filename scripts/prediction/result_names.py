# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Name the results of each file, so that no two files share one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from ..images.file_types import stem


def result_names(names: Iterable[str], kept: Mapping[str, str]) -> dict[str, str]:
    """Return the start of the names of each file's results, below the results folder.

    It is the path of the file without its suffix. Files that differ in their suffix alone keep it: the results of
    ``a.png`` and ``a.jpg`` start with ``a.png`` and ``a.jpg``.

    Args:
        names: paths of the files below the root of the inputs, each once.
        kept: names that files already have, from an earlier run; they stay.

    Returns:
        The start of the names, by the path of the file, also for files in `kept` alone.
    """
    new = {name: _without_suffix(name) for name in names if name not in kept}
    shares = Counter([*kept.values(), *new.values()])
    taken = {start for start, count in shares.items() if count == 1} | set(kept.values())
    chosen = {**kept, **new}
    for name, start in new.items():
        if shares[start] > 1:
            chosen[name] = name
            while chosen[name] in taken:  # beside a.png and a.jpg lies a.png.png
                chosen[name] += "_"
            taken.add(chosen[name])
    return chosen


def _without_suffix(name: str) -> str:
    path = PurePosixPath(name)
    return path.with_name(stem(path.name)).as_posix()
