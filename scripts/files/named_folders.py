# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Folders that a command line gives by name."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError


def parse_named_folders(words: Sequence[str], expected: str, option: str = "") -> dict[str, str]:
    """Read words of the form ``NAME=DIR`` into a mapping.

    Args:
        words: as they were typed.
        expected: the form and its meaning, for the message.
        option: whose words they are, empty for those without an option.

    Raises:
        InputError: a word of another form, or a name given twice.
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
