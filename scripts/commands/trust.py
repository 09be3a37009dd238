# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Judge a calibrated network: calibration, uncertainty, lesion or none, on images that it has not seen."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "trust"
HELP = "judge calibration and uncertainty on unseen images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--dataset_dir", type=Path, required=True, help="what the network learned from, or another")
    parser.add_argument("--output_dir", type=Path, required=True, help="folder for figures, tables and a picture")
    parser.add_argument("--whole_dataset", action="store_true", help="a data set that the network has never seen")
    parser.add_argument("--ckpt", type=Path, help="weights (default: the configuration's)")
    parser.add_argument("--config_file", nargs="+", type=Path, help="default: configs/inference.json")
    parser.add_argument("--device", help="such as cpu or cuda:0, in place of the configuration's")
    parser.add_argument("--overwrite", action="store_true", help="replace the assessment that is in the folder")


def run(args: argparse.Namespace) -> None:
    """Assess, print the tables, and tell where all is.

    Raises:
        InputError: for whatever `assess` finds.
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
