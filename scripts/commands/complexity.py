# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Count parameters and operations of the networks and compare them with the published values."""

from __future__ import annotations

import argparse

NAME = "complexity"
HELP = "count the networks' parameters and operations"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add no options."""


def run(args: argparse.Namespace) -> None:
    """Print the table.

    Raises:
        InputError: ptflops is not installed.
    """
    from ..networks.complexity import count_all, table

    print(table(count_all()))
