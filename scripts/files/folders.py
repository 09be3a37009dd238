# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Folders for results."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import InputError


def make_folder(output_dir: str | Path) -> None:
    """Make a folder for results.

    Raises:
        InputError: it cannot be made or written.
    """
    folder = Path(output_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--output_dir {folder}: cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise InputError(f"--output_dir {folder}: cannot be written")
