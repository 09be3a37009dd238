# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Compare the metrics of evaluations in a Markdown table."""

from __future__ import annotations

import argparse

NAME = "table"
HELP = "compare the metrics of evaluations in a table"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument("evaluation", nargs="+", metavar="TITLE=DIR", help="title and folder of an evaluation")
    parser.add_argument("--columns", nargs="+", metavar="METRIC", help="metrics besides lesion Dice (default: all)")
    parser.add_argument("--output", help="also write the table to this file")


def run(args: argparse.Namespace) -> None:
    """Print the table.

    Raises:
        InputError: a folder is not an evaluation.
    """
    from ..bundle.named_folders import parse_titles
    from ..evaluation.metrics_file import NAMES
    from ..evaluation.metrics_table import metrics_table
    from ..files.atomic import write_text

    table = metrics_table(parse_titles(args.evaluation), args.columns or NAMES[1:])
    print(table)
    if args.output:
        write_text(args.output, table + "\n")
        print(f"written to {args.output}")
