# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Assess a calibrated network on unseen images: segmentation, calibration, uncertainty and image-level detection."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "trust"
HELP = "assess calibration and uncertainty on unseen images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument(
        "--dataset_dir", type=Path, required=True, help="data set that the network was trained on, or another"
    )
    parser.add_argument("--output_dir", type=Path, required=True, help="folder for results, tables and a plot")
    parser.add_argument(
        "--whole_dataset", action="store_true", help="use all images; for data that the network was not trained on"
    )
    parser.add_argument("--ckpt", type=Path, help="weights (default: the config's)")
    parser.add_argument(
        "--config_file", nargs="+", type=Path, help="config and overlays (default: configs/inference.json)"
    )
    parser.add_argument("--device", help="cpu, cuda:0, … (default: the config's)")
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
        args.config_file,
        args.ckpt,
        args.device,
    )
    print((folder / TABLES).read_text(encoding="utf-8"))
    print(f"written to {folder}")
