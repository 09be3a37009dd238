# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Tell whether one training is better than another, by the lesion Dice of the same images, with its 95 % interval."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "compare"
HELP = "tell whether one training is better than another, with the interval of the difference"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    for name in ("first", "second"):
        parser.add_argument(
            f"--{name}",
            nargs="+",
            type=Path,
            required=True,
            metavar="DIR",
            help=f"evaluations of the {name} training, one for each seed",
        )


def run(args: argparse.Namespace) -> None:
    """Print the difference, the first minus the second.

    Raises:
        InputError: see `difference_table`.
    """
    from ..experiments.evaluation_difference import difference_table

    print(difference_table(args.first, args.second))
