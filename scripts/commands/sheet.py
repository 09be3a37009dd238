# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Draw a figure of evaluated images with the contours of ground truth and predictions."""

from __future__ import annotations

import argparse

NAME = "sheet"
HELP = "draw a figure of images with ground truth and predictions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument("evaluation", nargs="+", metavar="TITLE=DIR", help="title and folder of an evaluation")
    parser.add_argument("--dataset_dir", required=True, help="the evaluated data set")
    parser.add_argument("--output", required=True, help="PNG file to write")
    parser.add_argument("--rows", type=int, default=6, help="number of images (default: %(default)s)")


def run(args: argparse.Namespace) -> None:
    """Draw the figure.

    Raises:
        InputError: a folder is not an evaluation of this data set.
    """
    from ..bundle.named_folders import parse_titles
    from ..evaluation.picture_sheet import draw_sheet

    print(f"written to {draw_sheet(parse_titles(args.evaluation), args.dataset_dir, args.output, args.rows)}")
