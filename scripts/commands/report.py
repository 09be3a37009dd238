# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write an HTML report of an evaluation: each image with ground truth, prediction and Dice, worst first."""

from __future__ import annotations

import argparse

NAME = "report"
HELP = "write an HTML report of an evaluation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument("evaluation", metavar="EVALUATION_DIR", help="folder of an evaluation")
    parser.add_argument("--dataset_dir", required=True, help="the evaluated data set")
    parser.add_argument("--output", help="HTML file to write (default: report.html in the evaluation's folder)")


def run(args: argparse.Namespace) -> None:
    """Write the report.

    Raises:
        InputError: the folder is not an evaluation of this data set.
    """
    from ..evaluation.evaluation_report import write_evaluation_report

    print(f"written to {write_evaluation_report(args.evaluation, args.dataset_dir, args.output)}")
