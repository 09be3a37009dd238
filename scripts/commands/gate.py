# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Test which runtimes and precisions give the masks of PyTorch in float32, and let predictions use the fastest."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..prediction.chosen_network import EXPORTED, add_network_arguments, chosen_network

NAME = "gate"
HELP = "test which runtimes and precisions give the same masks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    add_network_arguments(parser)
    parser.add_argument(
        "--dataset_dir",
        type=Path,
        required=True,
        help="data set of the training; only images that it did not learn from",
    )
    parser.add_argument("--other_dir", type=Path, help="another data set with masks, if the training had a single one")


def run(args: argparse.Namespace) -> None:
    """Run the gate and print its tables.

    Raises:
        InputError: see `run_gate`.
    """
    from ..benchmark.gate import gate_table, run_gate

    rows, path = run_gate(chosen_network(args), args.dataset_dir, args.other_dir)
    # Predictions with a config compute its network in PyTorch.
    use = f"predictions with --run {path.with_name(EXPORTED)}" if args.config_file else "predictions of this machine"
    print(f"{gate_table(rows)}\n\nwritten to {path}; {use} use the fastest that passed")
