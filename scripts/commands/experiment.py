# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the experiments of a file, show their progress, and make tables and plots of their results."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from ..bundle.named_folders import parse_named_folders
from ..bundle.paths import INSTALLED
from ..errors import InputError
from ..experiments import PAGES_DIR, RESULTS_DIR, WORK_DIR

NAME = "experiment"
HELP = "run experiments and make tables of their results"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands and their options to `parser`."""
    subparsers = parser.add_subparsers(title="commands", dest="action", metavar="COMMAND", required=True)
    run_parser = subparsers.add_parser("run", help="run all cells that have no result yet, in the order of the file")
    status = subparsers.add_parser("status", help="show what is done, running and missing, and the time left")
    tables = subparsers.add_parser("tables", help="write all tables, tests and plots from the result files")
    fig7 = subparsers.add_parser("fig7", help="draw images with the predictions of several methods, as in Fig. 7")
    for each in (run_parser, status, tables, fig7):
        each.add_argument("plan", type=Path, help="experiment file, such as experiments/lightbtseg.yaml")
        each.add_argument(
            "--results_dir", type=Path, default=RESULTS_DIR, help="folder of the results (default: %(default)s)"
        )
    for each in (run_parser, status, fig7):
        each.add_argument("--preset", required=True, help="preset of the file, such as cpu or paper")
        each.add_argument(
            "--work_dir", type=Path, default=WORK_DIR, help="folder of runs and weights (default: %(default)s)"
        )
    for each in (run_parser, status):
        each.add_argument("--cells", nargs="+", default=[], metavar="PART", help="only cells with PART in their name")
    for each in (run_parser, fig7):
        each.add_argument(
            "--dataset_dir", nargs="+", required=True, metavar="NAME=DIR", help="name and folder of each data set"
        )
    run_parser.add_argument("--workers", type=int, help="cells to run in parallel (default: the number of GPUs, or 1)")
    run_parser.add_argument("--stop_after", type=float, metavar="MINUTES", help="stop then; run again to continue")
    tables.add_argument(
        "--output_dir", type=Path, help=f"folder to write to (default: --results_dir, or {PAGES_DIR} without it)"
    )
    fig7.add_argument("--output", type=Path, required=True, help="PNG file to write")
    fig7.add_argument("--table", help="table whose methods are shown (default: the first of the file)")
    fig7.add_argument("--fold", type=int, default=0, help="test fold (default: %(default)s)")
    fig7.add_argument("--seed", type=int, default=0, help="random seed (default: %(default)s)")
    fig7.add_argument("--rows", type=int, default=6, help="number of images (default: %(default)s)")


def run(args: argparse.Namespace) -> None:
    """Run the subcommand.

    Raises:
        InputError: an invalid file, folder or result; cells that failed.
    """
    if args.action == "run" and INSTALLED:
        raise InputError("experiment run needs the bundle's configs: start it in a checkout of the bundle")
    from ..experiments.plan import read_plan

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    plan = read_plan(args.plan)
    if args.action in ("run", "fig7"):
        expected = "expected NAME=DIR, such as busi=data/BUSI"
        folders = parse_named_folders(args.dataset_dir, expected, "--dataset_dir")
    if args.action == "run":
        from ..experiments.runner import Runner

        for name in ("workers", "stop_after"):
            value = getattr(args, name)
            if value is not None and value <= 0:
                raise InputError(f"--{name} {value}: must be positive")
        cells = plan.cells(args.preset, args.cells)
        Runner(plan, folders, args.results_dir, args.work_dir, args.workers, args.stop_after).run(cells)
    elif args.action == "status":
        from ..experiments.status import status_table

        print(status_table(plan, plan.cells(args.preset, args.cells), args.results_dir, args.work_dir))
    elif args.action == "tables":
        from ..experiments.evidence_page import write_evidence

        pages = args.output_dir or (PAGES_DIR if args.results_dir == RESULTS_DIR else args.results_dir)
        print(f"written to {write_evidence(plan, args.results_dir, pages, list(plan.presets))}")
    elif args.action == "fig7":
        from ..experiments.fig7 import draw_fig7

        options = {name: getattr(args, name) for name in ("work_dir", "output", "table", "fold", "seed", "rows")}
        print(f"written to {draw_fig7(plan, args.preset, folders, **options)}")
