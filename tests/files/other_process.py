# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The lock of a folder as another process holds it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager


@contextmanager
def locked_elsewhere(folder):
    """Lock a folder or file without the record of this process's locks, as another process does."""
    if not folder.is_file():
        folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)
