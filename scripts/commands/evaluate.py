# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluate the network of a trained run on images with masks, with the preprocessing and image size of the run."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "evaluate"
HELP = "evaluate the network of a trained run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument(
        "--run", dest="trained_run", type=Path, metavar="FOLDER", required=True, help="output folder of a training"
    )
    parser.add_argument("--dataset_dir", type=Path, help="data set (default: that of the run, its test images)")
    parser.add_argument(
        "--whole_dataset", action="store_true", help="use all images; for data that the network was not trained on"
    )
    parser.add_argument("--classes", nargs="+", metavar="CLASS", help="of the images (default: those of the run)")
    parser.add_argument(
        "--output_dir", type=Path, default=Path("evaluation"), help="folder for the results (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier evaluation in the folder")
    parser.add_argument("--device", help="cpu, cuda:0, … (default: that of the run)")


def run(args: argparse.Namespace) -> None:
    """Evaluate the network.

    Raises:
        InputError: see `evaluate_run`.
    """
    from ..evaluation.evaluate_run import evaluate_run

    evaluate_run(
        args.trained_run,
        args.output_dir,
        args.dataset_dir,
        args.whole_dataset,
        args.classes,
        args.overwrite,
        args.device,
    )
    print(f"written to {args.output_dir}")
