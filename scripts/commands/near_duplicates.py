# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Find near-duplicates in a folder and write their groups as CSV, in the format of the bundle's list for BUSI."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "near_duplicates"
HELP = "find near-duplicates in a folder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument("--dataset_dir", type=Path, required=True, help="folder to search, including subfolders")
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write: content_hash, file, group")


def run(args: argparse.Namespace) -> None:
    """Write the CSV file.

    Raises:
        InputError: the folder has no images, or an image cannot be read.
    """
    from ..data.duplicates.groups_table import write_groups_table

    write_groups_table(args.dataset_dir, args.output)
    print(f"written to {args.output}")
