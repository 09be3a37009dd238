# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""List what a config would import and run, without running it. Configs are programs: read those of others first."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import printable

NAME = "review"
HELP = "list what a config would run, without running it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("config", nargs="+", type=Path, help="config and overlays")
    parser.add_argument("--all", action="store_true", help="list also what the bundle's configs do alike")


def run(args: argparse.Namespace) -> None:
    """Print a line for each import, expression, component and file, unusual ones first.

    Raises:
        InputError: a file is missing or not a config.
    """
    from ..bundle.config_review import review

    uses = review(args.config)
    unusual = [use for use in uses if not use.is_usual]
    usual = [use for use in uses if use.is_usual]
    print(f"{len(unusual)} unusual, worth reading before the config is run:" if unusual else "Nothing unusual.")
    for use in unusual:
        print(printable(f"  {use.key or 'config'}: {use.kind} {use.text}"))
    print(f"{len(usual)} like those of the bundle's configs{':' if args.all else ' (--all lists them)'}")
    for use in usual if args.all else ():
        print(printable(f"  {use.key or 'config'}: {use.kind} {use.text}"))
