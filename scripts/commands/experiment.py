# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the experiments of a file, show how far they are, and make tables, tests and pictures of their results."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from ..bundle.paths import INSTALLED
from ..errors import InputError
from ..experiments import RESULTS_DIR, WORK_DIR
from ..files.named_folders import parse_named_folders

NAME = "experiment"
HELP = "run experiments and make tables of their results"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs below and their options."""
    verbs = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", required=True)
    run_verb = verbs.add_parser("run", help="do the cells that have no result yet, the most worthy first")
    status = verbs.add_parser("status", help="show what is done, running and missing, and how long it will take")
    tables = verbs.add_parser("tables", help="write all tables, tests and pictures from the result files")
    fig7 = verbs.add_parser("fig7", help="draw images with the outlines that methods predict, as the paper's Fig. 7")
    for verb in (run_verb, status, tables, fig7):
        verb.add_argument("plan", type=Path, help="the file of experiments, such as experiments/lightbtseg.yaml")
        verb.add_argument("--results_dir", type=Path, default=RESULTS_DIR, help="result files (default: %(default)s)")
    for verb in (run_verb, status, fig7):
        verb.add_argument("--preset", required=True, help="how much is computed, by the file's name for it")
        verb.add_argument("--work_dir", type=Path, default=WORK_DIR, help="runs and weights (default: %(default)s)")
    for verb in (run_verb, status):
        verb.add_argument("--cells", nargs="+", default=[], metavar="PART", help="only cells with this in their name")
    for verb in (run_verb, fig7):
        verb.add_argument(
            "--dataset_dir", nargs="+", required=True, metavar="NAME=DIR", help="folders of the data sets, by name"
        )
    run_verb.add_argument("--workers", type=int, help="cells at a time (default: one a GPU, one on a CPU)")
    run_verb.add_argument("--stop_after", type=float, metavar="MINUTES", help="end what runs then; it goes on later")
    tables.add_argument("--output_dir", type=Path, default=Path("docs"), help="where they go (default: %(default)s)")
    fig7.add_argument("--output", type=Path, required=True, help="the PNG file to write")
    fig7.add_argument("--table", default="table1", help="whose methods are shown (default: %(default)s)")
    fig7.add_argument("--fold", type=int, default=0, help="the fold held out (default: %(default)s)")
    fig7.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    fig7.add_argument("--rows", type=int, default=6, help="images to show (default: %(default)s)")


def run(args: argparse.Namespace) -> None:
    """Do the verb.

    Raises:
        InputError: for whatever is wrong with the file, the folders or the results, and for cells that failed.
    """
    if args.verb == "run" and INSTALLED:
        raise InputError("experiment run: trains with the bundle's configs; start it in a checkout of the bundle")
    from ..experiments.plan import read_plan

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    plan = read_plan(args.plan)
    if args.verb in ("run", "fig7"):
        expected = "NAME=DIR is expected, such as busi=data/BUSI"
        folders = parse_named_folders(args.dataset_dir, expected, "--dataset_dir")
    if args.verb == "run":
        from ..experiments.runner import Runner

        for name in ("workers", "stop_after"):
            value = getattr(args, name)
            if value is not None and value <= 0:
                raise InputError(f"--{name} {value}: a positive number is expected")
        cells = plan.cells(args.preset, args.cells)
        Runner(plan, folders, args.results_dir, args.work_dir, args.workers, args.stop_after).run(cells)
    elif args.verb == "status":
        from ..experiments.status import status_table

        print(status_table(plan, plan.cells(args.preset, args.cells), args.results_dir, args.work_dir))
    elif args.verb == "tables":
        from ..experiments.evidence_page import write_evidence

        print(f"written to {write_evidence(plan, args.results_dir, args.output_dir, list(plan.presets))}")
    elif args.verb == "fig7":
        from ..experiments.evidence_plots import draw_fig7
        from ..experiments.plan import Cell

        if args.table not in plan.tables:
            raise InputError(f"--table {args.table}: unknown; {plan.path} has {', '.join(plan.tables)}")
        if len(folders) != 1:
            raise InputError(f"--dataset_dir {' '.join(args.dataset_dir)}: the picture is of one data set")
        plan.cells(args.preset)  # tells of an unknown preset
        dataset, folder = next(iter(folders.items()))
        cells = [Cell(args.preset, dataset, args.fold, args.seed, row.training) for row in plan.tables[args.table].rows]
        print(f"written to {draw_fig7(plan, cells, args.work_dir, folder, args.output, args.rows)}")
