# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find misspelt keys in overlays: MONAI adds what a config does not have, and nothing would use it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import InputError
from .configs import load_config, load_configs

REFERENCE = re.compile(r"@([\w#]+)")
OF_MONAI = {"imports", "initialize", "run", "finalize"}  # that a workflow reads itself
OPERATORS = "+~"  # of MONAI, before a key: merge and delete


def check_overlay_keys(files: Sequence[str], options: Iterable[Any] = ()) -> None:
    """Raise on a key of an overlay that its config does not have and that nothing refers to.

    Keys of components, which are arguments of a class, and keys that start with an underscore are not checked.

    Args:
        files: the config and its overlays, in order.
        options: values of options, which can refer to a key, too.

    Raises:
        InputError: names the file, the key, and a similar one that exists.
    """
    config = load_config(files[0])
    merged = load_configs(files)
    used = OF_MONAI | {name for text in _texts([merged, *options]) for name in REFERENCE.findall(text)}
    for file in files[1:]:
        for key in load_config(file):
            names = key.lstrip(OPERATORS).replace("::", "#").split("#")
            prefixes = {"#".join(names[:end]) for end in range(1, len(names) + 1)}
            unknown, known = _unknown(config, names)
            if unknown and not unknown.startswith("_") and not prefixes & used:
                close = difflib.get_close_matches(unknown, known, n=1)
                hint = f"did you mean {key.replace(unknown, close[0])}?" if close else "remove it"
                raise InputError(f"{file}: {key}: {files[0]} has no such key, and nothing refers to it; {hint}")


def _unknown(config: Mapping[str, Any], names: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the first name that a part of the config lacks, and the names that it has; None if all are there."""
    part: Any = config
    for name in names:
        if not isinstance(part, dict) or "_target_" in part:
            break
        if name not in part:
            return name, list(part)
        part = part[name]
    return None, []


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in a config."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
