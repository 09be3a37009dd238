# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read and write JSON: UTF-8, indented by four spaces, with characters that cannot be shown as escapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from .atomic import atomic_text_file, write_text

BEYOND_ASCII = re.compile(r"[\x7f-\U0010ffff]")


def read_json(path: str | Path) -> Any:
    """Return the content of a JSON file.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON: {error}") from None


def write_json(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object atomically; missing folders are created.

    Raises:
        InputError: the file cannot be written.
    """
    write_text(path, _text(content, indent=4) + "\n")


def write_json_rows(path: str | Path, content: Mapping[str, Any], name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSON object whose last entry is a list that may not fit into memory; otherwise like `write_json`.

    Args:
        path: file to write.
        content: the other entries, at least one.
        name: key of the list.
        rows: items of the list, written one per line.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_text_file(path) as file:
        file.write(_text(content, indent=4).removesuffix("\n}") + f',\n    "{name}": [')
        for number, row in enumerate(rows):
            file.write(("," if number else "") + "\n        " + _text(row))
        file.write("\n    ]\n}\n")


def _text(content: Mapping[str, Any], indent: int | None = None) -> str:
    text = json.dumps(dict(content), indent=indent, ensure_ascii=False)
    return BEYOND_ASCII.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)
