# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How a process ended, in words."""

from __future__ import annotations

import signal


def describe_exit(status: int) -> str:
    """Return ``exit status 1``, or ``killed by SIGKILL`` for the negative status of a process that a signal ended."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
