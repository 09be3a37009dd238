# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts sheet``: a picture of what networks predict."""

from __future__ import annotations

import argparse

NAME = "sheet"
HELP = "draw evaluated images with truth and the outlines that networks predict"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the columns, the dataset and the output."""
    parser.add_argument(
        "--column",
        action="append",
        required=True,
        metavar="TITLE=DIR",
        help="an evaluation's output folder under a title; give it once for each network",
    )
    parser.add_argument("--dataset_dir", required=True, help="the evaluated dataset folder")
    parser.add_argument("--output", required=True, help="the PNG file to write")
    parser.add_argument("--rows", type=int, default=6, help="images to show (default: 6)")


def run(args: argparse.Namespace) -> None:
    """Draw the sheet."""
    from scripts.errors import InputError
    from scripts.sheet import draw_sheet

    columns = {}
    for column in args.column:
        title, separator, folder = column.partition("=")
        if not separator:
            raise InputError(f"--column {column}: TITLE=DIR is expected")
        columns[title] = folder
    print(draw_sheet(columns, args.dataset_dir, args.output, args.rows))
