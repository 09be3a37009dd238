# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Build the bundle's archive for a model zoo from the last commit."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

NAME = "archive"
HELP = "build the bundle's archive for a model zoo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--output_dir", type=Path, required=True, help="folder to write the archive to")


def run(args: argparse.Namespace) -> None:
    """Write the archive and print its name, size and checksum (SHA-1, which the zoo's list wants).

    Raises:
        InputError: for whatever `build_archive` finds.
    """
    from ..bundle.archive import build_archive

    path = build_archive(args.output_dir)
    content = path.read_bytes()
    print(f"{path}: {len(content) / 1e6:.1f} MB, sha1 {hashlib.sha1(content).hexdigest()}")
