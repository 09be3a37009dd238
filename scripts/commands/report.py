# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a page of an evaluation: each image with truth, prediction and Dice, the worst first."""

from __future__ import annotations

import argparse

NAME = "report"
HELP = "write a page of an evaluation's images with truth, prediction and Dice"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("evaluation", metavar="EVALUATION_DIR", help="an evaluation's folder")
    parser.add_argument("--dataset_dir", required=True, help="the evaluated dataset folder")
    parser.add_argument("--output", help="the HTML file to write (default: report.html in the evaluation's folder)")


def run(args: argparse.Namespace) -> None:
    """Write the page.

    Raises:
        InputError: for a folder that is no evaluation of this dataset.
    """
    from ..evaluation.image_page import write_evaluation_report

    print(f"written to {write_evaluation_report(args.evaluation, args.dataset_dir, args.output)}")
