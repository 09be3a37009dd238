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
    columns = list(profiles.values())
    timed = next(each["steps"] for each in columns if each["steps"])
    rows = [["start, s", *(_known(each, "start", 2) for each in columns)]]
    rows += [[step, *(_step(each["steps"], step) for each in columns)] for step in timed]
    rows.append(["all steps", *(f"{sum(each['steps'].values()):.1f}" if each["steps"] else "" for each in columns)])
    rows.append(["tables and report, s", *(_known(each, "end", 2) for each in columns)])
    rows.append(["one image alone, s", *(_known(each, "first_mask_seconds", 2) for each in columns)])
    rows.append(["each further image", *(_known(each, "further_image_ms", 1) for each in columns)])
    rows.append(["memory for one image, MB", *(_known(each, "peak_memory_mb", 0) for each in columns)])
    return markdown_table(["ms for each image", *profiles], rows)


def _known(profile: Mapping[str, float], name: str, digits: int) -> str:
    return f"{profile[name]:.{digits}f}" if name in profile else ""


def _step(steps: Mapping[str, float], step: str) -> str:
    return f"{steps[step]:.1f} ({steps[step] / sum(steps.values()):.0%})" if steps else ""
