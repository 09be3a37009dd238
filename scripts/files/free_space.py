# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Free space on disks."""

from __future__ import annotations

import shutil
from pathlib import Path


def existing(folder: Path) -> Path:
    """Return a folder, or the nearest above it that exists."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk that a folder is on, or will be when it is made."""
    return shutil.disk_usage(existing(folder)).free
