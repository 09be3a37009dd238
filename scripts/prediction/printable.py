# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Messages with names of files in them, on a terminal."""

from __future__ import annotations


def printable(message: str) -> str:
    """Return a message as one line that can be written in any encoding and in which no name steers the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in message)
