# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Create folders for results."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import InputError


def make_folder(output_dir: str | Path) -> None:
    """Create a folder for results, if it does not exist.

    Raises:
        InputError: the folder cannot be created or written.
    """
    folder = Path(output_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--output_dir {folder}: cannot be created: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise InputError(f"--output_dir {folder}: cannot be written")
