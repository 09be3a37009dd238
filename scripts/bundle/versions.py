# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check that the installed packages are new enough for the bundle."""

from __future__ import annotations

from ..errors import InputError
from .metadata import read_metadata
from .paths import install_command


def check_versions() -> None:
    """Raise if MONAI is too old. Every config calls this first, because an old MONAI fails later with unclear errors.

    Raises:
        InputError: the installed MONAI is older than the bundle needs.
    """
    import monai  # slow; not needed by those who only read the metadata
    from monai.utils import version_leq

    needed = read_metadata()["monai_version"]
    if not version_leq(needed, monai.__version__):
        raise InputError(
            f"MONAI {monai.__version__} is installed, but this bundle needs {needed} or newer: "
            + install_command("train")
        )
