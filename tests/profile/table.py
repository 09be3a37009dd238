# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of the result of `python -m tests.profile`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.files.markdown import markdown_table
from tests.paths import ROOT

RESULT = ROOT / "docs/results/benchmark/profile.json"


def profile_table(result: Mapping[str, Any]) -> str:
    """Milliseconds for each image with the share of each step; what happens once for all images in seconds."""
    profiles = result["profiles"]
    totals = {name: sum(each["steps"].values()) for name, each in profiles.items()}
    rows = [["start, s", *(f"{each['start']:.2f}" for each in profiles.values())]]
    for step in next(iter(profiles.values()))["steps"]:
        spent = {name: each["steps"][step] for name, each in profiles.items()}
        rows.append([step, *(f"{spent[name]:.1f} ({spent[name] / totals[name]:.0%})" for name in profiles)])
    rows.append(["all steps", *(f"{total:.1f}" for total in totals.values())])
    rows.append(["tables and report, s", *(f"{each['end']:.2f}" for each in profiles.values())])
    rows.append(["one image alone, s", *(f"{each['first_mask_seconds']:.2f}" for each in profiles.values())])
    rows.append(["memory for one image, MB", *(f"{each['peak_memory_mb']:.0f}" for each in profiles.values())])
    return markdown_table(["step, ms for each image", *profiles], rows)
