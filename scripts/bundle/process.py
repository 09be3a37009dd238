# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The process that runs a config."""

from __future__ import annotations

from ..errors import report_input_errors
from .interruption import report_interruption, report_termination
from .quiet import silence_monai


def prepare_process() -> None:
    """Let a user's mistake, Ctrl-C and SIGTERM end this process with one line each, and MONAI warn of nothing in vain.

    Every config calls it first, since ``python -m monai.bundle run`` leaves no other place to. Of several processes
    each calls `scripts.distributed.join_processes` in its place.
    """
    silence_monai()
    report_input_errors()
    report_interruption()
    report_termination()
