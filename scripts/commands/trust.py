# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Assess a calibrated network on unseen images: segmentation, calibration, uncertainty and image-level detection."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..prediction.chosen_network import add_network_arguments, chosen_network

NAME = "trust"
HELP = "assess calibration and uncertainty on unseen images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument(
        "--dataset_dir",
        type=Path,
        required=True,
        help="data set that the network was trained on (the folder above them, if there are several), or another",
    )
    parser.add_argument("--output_dir", type=Path, required=True, help="folder for results, tables and a plot")
    parser.add_argument(
        "--whole_dataset", action="store_true", help="use all images; for data that the network was not trained on"
    )
    add_network_arguments(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier assessment in the folder")


def run(args: argparse.Namespace) -> None:
    """Assess the network and print the tables.

    Raises:
        InputError: see `assess`.
    """
    from ..calibration.assess import TABLES, assess

    folder = assess(
        args.dataset_dir,
        args.output_dir,
        args.whole_dataset,
        args.overwrite,
        chosen_network(args),
    )
    print((folder / TABLES).read_text(encoding="utf-8"))
    print(f"written to {folder}")
