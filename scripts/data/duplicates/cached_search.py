# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Cache the results of slow image searches on disk."""

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


def cached_search(
    name: str,
    parts: Sequence[str],
    cache_dir: Path | None,
    search: Callable[[], dict[str, Any]],
    read: Callable[[dict[str, Any]], Result],
) -> Result:
    """Return the result of a search, from the cache if it was run before.

    Args:
        name: name of the search, the prefix of its cache file.
        parts: everything that the result depends on, such as the version of the search and content hashes.
        cache_dir: cache folder; default ``lightbtseg`` in ``$XDG_CACHE_HOME`` or ``~/.cache``.
        search: runs the search and returns the content of the cache file.
        read: converts this content to the result; may raise `KeyError`, `TypeError` or `ValueError` if it is damaged,
            and the search is run again.
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
