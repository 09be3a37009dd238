# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of a result of `python -m tests.scale`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scripts.files.markdown import markdown_table
from tests.paths import ROOT

RESULTS = ROOT / "docs/results/scale"


def scale_table(rows: Sequence[Mapping[str, float]]) -> str:
    """Time and memory by number of images; what an image more takes is counted from the row above."""
    cells = []
    for before, row in zip([None, *rows], rows):
        more = None
        if before is not None:
            added = row["images"] - before["images"]
            more = 1000 * (row["processor_seconds"] - before["processor_seconds"]) / added
        each = "–" if more is None else f"{more:.0f}"
        cells.append([f"{row['images']:,}", f"{row['processor_seconds']:,.1f}", each, f"{row['memory_mb']}"])
    return markdown_table(["images", "processor time, s", "each further image, ms", "memory, MB"], cells, 0)
