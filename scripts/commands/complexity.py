# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts complexity``: the networks' parameters and operations against the paper's."""

from __future__ import annotations

import argparse

NAME = "complexity"
HELP = "count parameters and operations of the networks and set them beside the published ones"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(args: argparse.Namespace) -> None:
    """Print the table."""
    from scripts.complexity import table

    print(table())
