# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Writing JSON: indented by four, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .atomic import text_written_whole, write_text


def write_json(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object, whole or not at all; missing folders are made.

    Raises:
        InputError: the file cannot be written.
    """
    write_text(path, _text(content, indent=4) + "\n")


def write_json_rows(path: str | Path, content: Mapping[str, Any], name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSON object as `write_json` does, with a list as its last entry, which need not fit into memory.

    Args:
        path: the file.
        content: the entries before the list, at least one.
        name: of the list.
        rows: what is in it, a line each.
    """
    with text_written_whole(path) as file:
        file.write(_text(content, indent=4).removesuffix("\n}") + f',\n    "{name}": [')
        for number, row in enumerate(rows):
            file.write(("," if number else "") + "\n        " + _text(row))
        file.write("\n    ]\n}\n")


def _text(content: Mapping[str, Any], indent: int | None = None) -> str:
    return json.dumps(dict(content), indent=indent, ensure_ascii=False)
