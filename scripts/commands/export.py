# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Export a network with its preprocessing and calibration as one ONNX file, which predicts without PyTorch."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InputError
from ..prediction.chosen_network import add_network_arguments, chosen_network

NAME = "export"
HELP = "export a network as one file that predicts without PyTorch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    add_network_arguments(parser)
    parser.add_argument("--output", type=Path, default=Path("model.onnx"), help="file to write (default: %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace the file")


def run(args: argparse.Namespace) -> None:
    """Write the file and print how closely it agrees with the network.

    Raises:
        InputError: the file exists or has another suffix than ``.onnx``; see `export_onnx`.
    """
    if args.output.suffix != ".onnx":
        raise InputError(f"--output {args.output}: must end in .onnx")
    if args.output.exists() and not args.overwrite:
        raise InputError(f"--output {args.output}: exists; give --overwrite to replace it")
    from ..prediction.export import export_onnx

    difference = export_onnx(chosen_network(args).load_trained(), args.output)
    print(f"written to {args.output}; largest difference from PyTorch in probability on test images: {difference:.1e}")
