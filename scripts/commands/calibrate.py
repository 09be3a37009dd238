# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Calibrate a network: fit temperature, post-processing and minimum confidence to validation images, or to your own."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InputError
from ..prediction.chosen_network import add_network_arguments, chosen_network

NAME = "calibrate"
HELP = "calibrate a network's probabilities on its validation images, or on your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument(
        "--dataset_dir",
        type=Path,
        required=True,
        help="data set that the network was trained on (the folder above them, if there are several), or another",
    )
    parser.add_argument(
        "--whole_dataset", action="store_true", help="use all images; for data that the network was not trained on"
    )
    add_network_arguments(parser)
    parser.add_argument(
        "--sensitivity",
        type=float,
        default=0.975,
        help="fraction of the images with a lesion in which one must be found (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the existing calibration of the weights")


def run(args: argparse.Namespace) -> None:
    """Write ``calibration.json`` beside the weights and print its values.

    Raises:
        InputError: an invalid option, an existing calibration, or images that are unknown or unreadable.
    """
    if not 0 < args.sensitivity <= 1:
        raise InputError(f"--sensitivity {args.sensitivity}: must be above 0 and at most 1")
    from ..calibration.calibrate import calibrate

    path, calibration = calibrate(
        args.dataset_dir, args.sensitivity, args.overwrite, chosen_network(args), args.whole_dataset
    )
    values = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in calibration.settings.items())
    print(f"{values}; written to {path}")
