# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Build the bundle's archive for the MONAI model zoo from the last commit."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

NAME = "archive"
HELP = "build the bundle's archive for the model zoo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument("--output_dir", type=Path, required=True, help="folder for the archive")


def run(args: argparse.Namespace) -> None:
    """Write the archive and print its path, size and SHA-1 checksum, which the zoo's index of models needs.

    Raises:
        InputError: see `build_archive`.
    """
    from ..bundle.archive import build_archive

    path = build_archive(args.output_dir)
    content = path.read_bytes()
    print(f"{path}: {len(content) / 1e6:.1f} MB, sha1 {hashlib.sha1(content).hexdigest()}")
