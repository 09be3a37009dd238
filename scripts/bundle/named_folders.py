# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Parse arguments of the form NAME=DIR or TITLE=DIR."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError


def parse_named_folders(words: Sequence[str], expected: str, option: str = "") -> dict[str, str]:
    """Return the folders of arguments of the form ``NAME=DIR``, by name.

    Args:
        words: arguments as typed.
        expected: description of the form, for the error message.
        option: name of the option, for the error message; empty for positional arguments.

    Raises:
        InputError: an argument has another form, or a name is given twice.
    """
    folders: dict[str, str] = {}
    for word in words:
        what = f"{option} {word}" if option else f"'{word}'"
        name, separator, folder = word.partition("=")
        if not separator or not name or not folder:
            raise InputError(f"{what}: {expected}")
        if name in folders:
            raise InputError(f"{what}: the name '{name}' is given twice")
        folders[name] = folder
    return folders


def parse_titles(words: Sequence[str]) -> dict[str, str]:
    """Return the folders of arguments of the form ``TITLE=DIR``, by title.

    Raises:
        InputError: an argument of another form, or a title given twice.
    """
    return parse_named_folders(words, "TITLE=DIR is expected, the folder of an evaluation under a title")
