# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a web page that segments images in the browser, from disk or any web server, without a network connection."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..prediction.chosen_network import add_network_arguments, chosen_network

NAME = "page"
HELP = "write a web page that segments images in the browser"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    add_network_arguments(parser, exported=True)
    parser.add_argument("--output", type=Path, default=Path("page"), help="folder to write (default: %(default)s)")
    parser.add_argument(
        "--onnxruntime_web",
        type=Path,
        metavar="PACKAGE",
        help="folder or .tgz file of the npm package onnxruntime-web (default: downloaded with npm)",
    )
    parser.add_argument("--overwrite", action="store_true", help="write into a folder that has files")


def run(args: argparse.Namespace) -> None:
    """Write the page and print its size.

    Raises:
        InputError: see `write_page`.
    """
    from ..page.write_page import write_page

    page = write_page(chosen_network(args), args.output, args.onnxruntime_web, args.overwrite)
    size = sum(path.stat().st_size for path in args.output.rglob("*") if path.is_file())
    print(f"written to {page} ({size / 1e6:.0f} MB with all that it needs); open it in a browser")
