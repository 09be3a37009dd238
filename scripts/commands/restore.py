# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Go back to weights that a training from MONAI Label replaced. The current weights are kept, too."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "restore"
HELP = "go back to the bundle's former weights"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    from ..bundle.paths import ROOT

    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="only list the former weights and their figures")
    what.add_argument("--number", type=int, help="which weights (default: those that were kept last)")
    parser.add_argument(
        "--models_dir", type=Path, default=ROOT / "models", help="folder of the weights (default: the bundle's models)"
    )


def run(args: argparse.Namespace) -> None:
    """List the former weights, or replace the current weights with them.

    Raises:
        InputError: see `restore`.
    """
    from ..runs.former_weights import list_former, restore

    if args.list:
        all_former = list_former(args.models_dir)
        if not all_former:
            print(f"{args.models_dir}: no former weights")
        for former in all_former:
            figures = former.record.get("figures") or {}
            shown = [f"{name} {value:.4f}" for name, value in figures.items() if isinstance(value, float)]
            print("; ".join([f"{former.number}: kept {former.record.get('kept', 'at an unknown time')}", *shown]))
        return
    former, kept = restore(args.models_dir, args.number)
    print(f"{args.models_dir / 'model.pt'}: the former weights {former.number}")
    if kept:
        print(f"{kept}: the weights until now")
