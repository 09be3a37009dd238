# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The public names of docs/interfaces.md."""

from __future__ import annotations

import re

from tests.paths import ROOT

PAGE = (ROOT / "docs" / "interfaces.md").read_text(encoding="utf-8")


def public_names() -> list[tuple[str, str]]:
    """Return the module and the name of each that the section on Python lists."""
    section = PAGE[PAGE.index("## Python") : PAGE.index("## Files")]
    names = []
    for cell in re.findall(r"^\| (`scripts\..*?) \|", section, flags=re.MULTILINE):
        module = ""
        for name in re.findall(r"`([\w.]+)`", cell):
            if "." in name:
                module, _, name = name.rpartition(".")
            names.append((module, name))
    return names
