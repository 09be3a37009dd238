# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Export a network with its preprocessing and calibration as one ONNX file, which predicts without PyTorch."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from ..bundle.paths import PROGRAM
from ..errors import InputError
from ..prediction.chosen_network import EXPORTED, add_network_arguments, chosen_network
from ..runtimes.choice import FLOAT32, INT8
from ..runtimes.exported_files import int8_path

NAME = "export"
HELP = "export a network as one file that predicts without PyTorch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    add_network_arguments(parser)
    parser.add_argument("--output", type=Path, help=f"file to write (default: {EXPORTED} beside the weights)")
    parser.add_argument("--overwrite", action="store_true", help="replace the file")
    parser.add_argument(
        "--precision", choices=(FLOAT32, INT8), default=FLOAT32, help="int8 needs --dataset_dir (default: %(default)s)"
    )
    parser.add_argument("--dataset_dir", type=Path, help="for int8: the data set that the network was trained on")


def run(args: argparse.Namespace) -> None:
    """Write the file and print how closely it agrees with the network.

    Raises:
        InputError: the file exists or has another suffix than ``.onnx``; see `export_onnx` and `quantise`.
    """
    if args.output is not None and args.output.suffix != ".onnx":
        raise InputError(f"--output {args.output}: must end in .onnx")
    quantised = args.precision == INT8
    if quantised and args.dataset_dir is None:
        raise InputError("--precision int8: needs --dataset_dir, the data set that the network was trained on")
    chosen = chosen_network(args)
    if args.output is not None:
        _check_free(args.output, args.overwrite)
    network = chosen.load_trained()
    beside = network.weights.with_name(EXPORTED)
    output = args.output or (int8_path(beside) if quantised else beside)
    _check_free(output, args.overwrite)
    from ..prediction.export import export_onnx

    if not quantised:
        difference = export_onnx(network, output)
        print(f"written to {output}; largest difference from PyTorch in probability on test images: {difference:.1e}")
        return
    from ..prediction.quantise import quantise, training_images

    images = training_images(network.weights, args.dataset_dir)
    with tempfile.TemporaryDirectory() as folder:
        float32 = Path(folder) / EXPORTED
        export_onnx(network, float32)
        quantise(float32, images, output)
    print(f"written to {output}, calibrated on {len(images)} training images; {PROGRAM} gate tests its masks")


def _check_free(output: Path, overwrite: bool) -> None:
    if output.exists() and not overwrite:
        raise InputError(f"--output {output}: exists; give --overwrite to replace it")
