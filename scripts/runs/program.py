# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The program that computed results: bundle version, command, Python version and date."""

from __future__ import annotations

import platform
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..bundle.metadata import read_metadata


def describe_program() -> dict[str, Any]:
    """Return ``bundle`` (its version), ``command``, ``python`` (its version) and ``date`` as a dict."""
    return {
        "bundle": read_metadata()["version"],
        "command": _command(),
        "python": platform.python_version(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def _command() -> str:
    main = sys.modules["__main__"].__spec__
    program = ["python", "-m", main.name.removesuffix(".__main__")] if main is not None else [Path(sys.argv[0]).name]
    return shlex.join([*program, *sys.argv[1:]])
