# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a search among images has found, kept for the next time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from ...errors import InputError
from ...files.json_file import write_json

Result = TypeVar("Result")


def search_once(
    name: str,
    parts: Sequence[str],
    cache_dir: Path | None,
    search: Callable[[], dict[str, Any]],
    read: Callable[[dict[str, Any]], Result],
) -> Result:
    """Return what a search finds, or what it found the last time.

    Args:
        name: of the search, with which its cache file's name begins.
        parts: all that the result depends on: the version of the search, content hashes.
        cache_dir: cache folder; default: ``lightbtseg`` in ``$XDG_CACHE_HOME`` or ``~/.cache``.
        search: gives the result in the form of its file.
        read: gives the result that such a form holds; it may raise `KeyError`, `TypeError` or `ValueError` for a
            damaged one.
    """
    if cache_dir is None:
        cache_dir = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "lightbtseg"
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    cache = Path(cache_dir) / f"{name}_{key[:32]}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return read(json.loads(cache.read_text(encoding="utf-8")))
    found = search()
    with suppress(InputError):  # a cache that cannot be written only costs another search
        write_json(cache, found)
    return read(found)
