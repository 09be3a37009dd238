# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The processor and the number of threads that networks may use."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")


def threads() -> int:
    """Return the number of threads that OpenMP programs are limited to, 0 for all cores."""
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return int(limit) if limit.isdecimal() else 0


def processor() -> str:
    """Return the name of the processor."""
    try:
        name = re.search(r"^model name\s*: (.+)$", CPU_INFO.read_text(), flags=re.MULTILINE)
    except OSError:  # not Linux
        name = None
    return name[1].strip() if name else platform.processor() or platform.machine()


def describe_cpu() -> str:
    """Return the processor and the number of threads, as provenance names a device."""
    return f"{processor()}, {threads() or os.cpu_count()} threads"
