# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw a picture sheet: evaluated images, their truth, and the outlines that networks predict."""

from __future__ import annotations

import argparse

NAME = "sheet"
HELP = "draw evaluated images with truth and the outlines that networks predict"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("evaluation", nargs="+", metavar="TITLE=DIR", help="an evaluation's folder under a title")
    parser.add_argument("--dataset_dir", required=True, help="the evaluated dataset folder")
    parser.add_argument("--output", required=True, help="the PNG file to write")
    parser.add_argument("--rows", type=int, default=6, help="images to show (default: %(default)s)")


def run(args: argparse.Namespace) -> None:
    """Draw the sheet.

    Raises:
        InputError: for folders that are no evaluations of this dataset.
    """
    from ..evaluation.metrics_table import parse_titles
    from ..evaluation.picture_sheet import draw_sheet

    print(f"written to {draw_sheet(parse_titles(args.evaluation), args.dataset_dir, args.output, args.rows)}")
