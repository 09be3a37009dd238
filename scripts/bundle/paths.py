# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Paths of the bundle's configs and weights, and the name of its command line. Imports nothing slow."""

from __future__ import annotations

from pathlib import Path

PACKAGE_DIR = Path(__file__).parents[1]
# In the bundle the package is the folder ``scripts``; installed, it is ``lightbtseg`` and holds configs and weights.
PACKAGE = __package__.partition(".")[0]
INSTALLED = (PACKAGE_DIR / "configs").is_dir()
ROOT = PACKAGE_DIR if INSTALLED else PACKAGE_DIR.parent
CONFIGS = ROOT / "configs"
PROGRAM = PACKAGE if INSTALLED else f"python -m {PACKAGE}"


def install_command(extra: str) -> str:
    """Return the pip command for an extra: a requirements file, or the installed package's extra."""
    file = "requirements.txt" if extra == "train" else f"requirements-{extra}.txt"
    requirements = f"'{PACKAGE}[{extra}]'" if INSTALLED else f"-r {file}"
    return f"python -m pip install {requirements}"
