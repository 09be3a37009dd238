# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Measure time, memory and installed size of networks in all runtimes and precisions that are installed."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "benchmark"
HELP = "measure time, memory and installed size of runtimes and networks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument(
        "--output_dir", type=Path, default=Path("benchmark"), help="folder for the results (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=10, help="rounds of timing (default: %(default)s)")
    parser.add_argument("--images", type=int, default=16, help="images from disk to disk (default: %(default)s)")
    parser.add_argument(
        "--networks", nargs="+", metavar="NAME", help="of the complexity table (default: the light ones)"
    )
    parser.add_argument("--sizes", nargs="+", type=int, metavar="PIXELS", help="of the images (default: 192 224 512)")
    parser.add_argument(
        "--accuracy", nargs="+", type=Path, metavar="FOLDER", help="evaluations for the figure of accuracy over time"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace results in the folder")


def run(args: argparse.Namespace) -> None:
    """Measure, write the results and print the tables.

    Raises:
        InputError: see `run_benchmark` and `draw_accuracy`.
    """
    from ..benchmark.figure import draw_accuracy
    from ..benchmark.measure import COMPARED, SIZES, run_benchmark
    from ..benchmark.tables import benchmark_markdown

    result = run_benchmark(
        args.output_dir, args.rounds, args.images, args.networks or COMPARED, args.sizes or SIZES, args.overwrite
    )
    print(benchmark_markdown([result]))
    if args.accuracy:
        draw_accuracy(result, args.accuracy, args.output_dir / "benchmark.png")
    print(f"\nwritten to {args.output_dir}")
