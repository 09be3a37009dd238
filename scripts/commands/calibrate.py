# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Fit temperature, post-processing and the least confidence of a lesion to a network's validation images."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InputError

NAME = "calibrate"
HELP = "fit predictions to a network's validation images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--dataset_dir", type=Path, required=True, help="the data set that the network learned from")
    parser.add_argument("--ckpt", type=Path, help="weights (default: the configuration's)")
    parser.add_argument("--config_file", nargs="+", type=Path, help="default: configs/inference.json")
    parser.add_argument("--device", help="such as cpu or cuda:0, in place of the configuration's")
    parser.add_argument(
        "--sensitivity",
        type=float,
        default=0.975,
        help="share of the images with a lesion in which one must still be found (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the calibration beside the weights")


def run(args: argparse.Namespace) -> None:
    """Write ``calibration.json`` beside the weights, and tell what is in it.

    Raises:
        InputError: a value is none, a calibration is there already, or the images cannot be told or read.
    """
    if not 0 < args.sensitivity <= 1:
        raise InputError(f"--sensitivity {args.sensitivity}: a share above 0, up to 1, is expected")
    from ..calibration.calibrate import calibrate

    path, calibration = calibrate(
        args.dataset_dir, args.sensitivity, args.config_file, args.ckpt, args.device, args.overwrite
    )
    values = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in calibration.settings.items())
    print(f"{values}; written to {path}")
