# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Search a dataset folder for near-identical images and write their groups as CSV, as published for BUSI."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "near_duplicates"
HELP = "search a folder for near-identical images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--dataset_dir", type=Path, required=True, help="folder to search, with its subfolders")
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write: content_hash, file, group")


def run(args: argparse.Namespace) -> None:
    """Write the table.

    Raises:
        InputError: the folder has no images, an image cannot be read, or OpenCV is missing.
    """
    from ..data.duplicates.groups_table import write_groups_table

    write_groups_table(args.dataset_dir, args.output)
    print(f"written to {args.output}")
