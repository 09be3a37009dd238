# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Tell whether a file has changed, without reading it."""

from __future__ import annotations

from pathlib import Path


def file_stamp(path: Path) -> list[int]:
    """Return size in bytes and modification time in nanoseconds of a file, an empty list if it cannot be read."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]
