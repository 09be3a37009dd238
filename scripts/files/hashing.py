# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Checksums of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..errors import InputError


def hash_file(path: str | Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}") from None
