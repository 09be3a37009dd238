# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Join the shards of a prediction (predict --shard i/n): write its tables and report."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "merge"
HELP = "join the shards of a prediction"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="--output_dir of all shards")


def run(args: argparse.Namespace) -> None:
    """Merge and print a summary.

    Raises:
        InputError: see `merge`; also, at the end, if any file failed.
    """
    from ..prediction.predict import merge
    from .predict import report

    report(merge(args.folder), args.folder)
