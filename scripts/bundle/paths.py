# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Where the bundle's configs and weights are, and how its command line is called. This module imports nothing heavy."""

from __future__ import annotations

from pathlib import Path

PACKAGE_DIR = Path(__file__).parents[1]
# In the bundle the package is the folder ``scripts`` of its root; installed, it is ``lightbtseg`` and holds the rest.
PACKAGE = __package__.partition(".")[0]
INSTALLED = (PACKAGE_DIR / "configs").is_dir()
ROOT = PACKAGE_DIR if INSTALLED else PACKAGE_DIR.parent
CONFIGS = ROOT / "configs"
PROGRAM = PACKAGE if INSTALLED else f"python -m {PACKAGE}"


def install_command(extra: str) -> str:
    """Return the command that installs what `extra` needs: ``requirements-<extra>.txt``, installed an extra."""
    requirements = f"'{PACKAGE}[{extra}]'" if INSTALLED else f"-r requirements-{extra}.txt"
    return f"python -m pip install {requirements}"
