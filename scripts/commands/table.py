# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Set the figures of evaluations side by side, as a Markdown table."""

from __future__ import annotations

import argparse

NAME = "table"
HELP = "set the figures of evaluations side by side"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("evaluation", nargs="+", metavar="TITLE=DIR", help="an evaluation's folder under a title")
    parser.add_argument("--columns", nargs="+", metavar="MEASURE", help="measures beside lesion Dice (default: all)")
    parser.add_argument("--output", help="also write the table to this file")


def run(args: argparse.Namespace) -> None:
    """Print the table.

    Raises:
        InputError: for folders that are no evaluations.
    """
    from ..evaluation.metrics_file import NAMES
    from ..evaluation.metrics_table import metrics_table, parse_titles
    from ..files.atomic import write_text

    table = metrics_table(parse_titles(args.evaluation), args.columns or NAMES[1:])
    print(table)
    if args.output:
        write_text(args.output, table + "\n")
        print(f"written to {args.output}")
