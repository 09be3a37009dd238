# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Build the datalist of a dataset folder: its images, masks, classes and cross-validation folds, as JSON."""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import InputError

NAME = "datalist"
HELP = "build the datalist of a dataset folder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--dataset_dir", type=Path, required=True, help="BUSI, BrEaST, UDIAT, BUS-BRA or your own")
    parser.add_argument("--num_folds", type=int, default=5, help="number of folds (default: %(default)s)")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--seed", type=int, default=0, help="seed of the folds (default: %(default)s)")
    parser.add_argument(
        "--split",
        choices=("leak_free", "random"),
        default="leak_free",
        help="keep near-duplicates and images of one patient in one fold, or ignore them (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an output that exists")


def run(args: argparse.Namespace) -> None:
    """Write the datalist and print what is in it, and which columns of a table were used for what.

    Raises:
        InputError: where the output exists, and for whatever `build_datalist` finds.
    """
    from ..data import build_datalist, write_datalist

    if args.output.is_dir():
        raise InputError(f"--output {args.output}: is a folder; give the name of a file")
    if args.output.exists() and not args.overwrite:
        raise InputError(f"--output {args.output}: exists; give --overwrite to replace it")
    with _printed_log():
        datalist = build_datalist(args.dataset_dir, args.num_folds, args.seed, args.split)
    write_datalist(datalist, args.output)
    print(_table(datalist))
    print(_groups(datalist["training"]))
    print(f"written to {args.output}")


@contextmanager
def _printed_log() -> Iterator[None]:
    """Print what the reading of the data set logs."""
    logger = logging.getLogger(f"{__package__.rpartition('.')[0]}.data")
    handler, level = logging.StreamHandler(sys.stdout), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _table(datalist: dict[str, Any]) -> str:
    """Return the number of images of each fold and class, with the classes' shares."""
    lines = [f"{'fold':>4}  {'images':>6}" + "".join(f"  {name:>14}" for name in datalist["classes"])]
    for fold in (*range(datalist["num_folds"]), "all"):
        counts = Counter(entry["class"] for entry in datalist["training"] if fold in ("all", entry["fold"]))
        cells = (f"{counts[name]} ({counts[name] / counts.total():.1%})" for name in datalist["classes"])
        lines.append(f"{fold:>4}  {counts.total():>6}" + "".join(f"  {cell:>14}" for cell in cells))
    return "\n".join(lines)


def _groups(entries: list[dict[str, Any]]) -> str:
    """Return how many groups and images with a twin there are, and how many groups the folds tear apart."""
    sizes = Counter(entry["group"] for entry in entries)
    twins = sum(size for size in sizes.values() if size > 1)
    torn = Counter(group for group, _ in {(entry["group"], entry["fold"]) for entry in entries})
    straddling = sum(folds > 1 for folds in torn.values())
    return (
        f"{len(sizes)} groups; {twins} images share theirs with a near-duplicate or an image of the same patient; "
        f"{straddling} groups straddle folds"
    )
