# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Count the parameters and operations of the networks and set them beside the published ones."""

from __future__ import annotations

import argparse

NAME = "complexity"
HELP = "count parameters and operations of the networks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: none."""


def run(args: argparse.Namespace) -> None:
    """Print the table.

    Raises:
        InputError: where the counter is not installed.
    """
    from ..networks.complexity import table

    print(table())
