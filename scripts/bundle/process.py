# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Prepare the process that runs a config: one-line errors, fewer warnings."""

from __future__ import annotations

from ..errors import report_input_errors
from .interruption import report_interruption, report_termination
from .parent import end_with_parent
from .quiet import silence_monai


def prepare_process() -> None:
    """Make user errors, Ctrl-C and SIGTERM end this process with one line, and silence MONAI's irrelevant warnings.

    An experiment's trainings also end with the command that started them.

    Every config calls this first, because ``python -m monai.bundle run`` has no other hook. With several processes
    `scripts.distributed.join_processes` is called instead.
    """
    silence_monai()
    report_input_errors()
    report_interruption()
    report_termination()
    end_with_parent()
