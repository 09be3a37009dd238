# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Whether the installed packages are new enough for the bundle."""

from __future__ import annotations

from ..errors import InputError
from .metadata import read_metadata


def check_versions() -> None:
    """Every config calls this before it builds anything: an older MONAI fails later, in ways that do not name it.

    Raises:
        InputError: the MONAI that is installed is older than the one the bundle was made for.
    """
    import monai  # takes seconds, of which those who only read the metadata have no use
    from monai.utils import version_leq

    needed = read_metadata()["monai_version"]
    if not version_leq(needed, monai.__version__):
        raise InputError(
            f"MONAI {monai.__version__} is installed, but this bundle needs {needed} or newer: "
            "python -m pip install -r requirements.txt"
        )
