# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Build the datalist of a data set: its images, masks, classes and cross-validation folds, as JSON."""

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
HELP = "build the datalist of a data set, with leak-free folds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument(
        "--dataset_dir", type=Path, required=True, help="folder of BUSI, BrEaST, UDIAT, BUS-BRA or your own data"
    )
    parser.add_argument("--num_folds", type=int, default=5, help="number of folds (default: %(default)s)")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--seed", type=int, default=0, help="random seed of the folds (default: %(default)s)")
    parser.add_argument(
        "--split",
        choices=("leak_free", "same_lesion", "random"),
        default="leak_free",
        help="leak_free keeps near-duplicates and images of one patient in one fold, same_lesion images that probably "
        "show one lesion, too (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an existing output file")


def run(args: argparse.Namespace) -> None:
    """Write the datalist and print a summary, with the columns that were read from a table.

    Raises:
        InputError: the output exists; see also `build_datalist`.
    """
    from ..data import build_datalist, write_datalist

    if args.output.is_dir():
        raise InputError(f"--output {args.output}: is a folder; give a file name")
    if args.output.exists() and not args.overwrite:
        raise InputError(f"--output {args.output}: exists; give --overwrite to replace it")
    with _printed_log():
        datalist = build_datalist(args.dataset_dir, args.num_folds, args.seed, args.split)
    write_datalist(datalist, args.output)
    print(_table(datalist))
    print(_groups(datalist))
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
    """Return the number of images of each fold and class, with percentages."""
    lines = [f"{'fold':>4}  {'images':>6}" + "".join(f"  {name:>14}" for name in datalist["classes"])]
    for fold in (*range(datalist["num_folds"]), "all"):
        counts = Counter(entry["class"] for entry in datalist["training"] if fold in ("all", entry["fold"]))
        cells = (f"{counts[name]} ({counts[name] / counts.total():.1%})" for name in datalist["classes"])
        lines.append(f"{fold:>4}  {counts.total():>6}" + "".join(f"  {cell:>14}" for cell in cells))
    return "\n".join(lines)


def _groups(datalist: dict[str, Any]) -> str:
    """Return the numbers of groups, of images with near-duplicates, and of groups split between folds."""
    entries = datalist["training"]
    sizes = Counter(entry["group"] for entry in entries)
    grouped = sum(size for size in sizes.values() if size > 1)
    folds = Counter(group for group, _ in {(entry["group"], entry["fold"]) for entry in entries})
    split = sum(count > 1 for count in folds.values())
    return (
        f"{len(sizes)} groups; {grouped} images share a group with a near-duplicate or an image of the same patient"
        f"{' or lesion' if datalist.get('split') == 'same_lesion' else ''}; {split} groups are split between folds"
    )
