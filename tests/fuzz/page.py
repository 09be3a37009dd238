# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""docs/robustness.md from the result file of the long run: ``python -m tests.fuzz.page``."""

from __future__ import annotations

import json

from tests.paths import ROOT

RESULTS = ROOT / "docs/results/robustness/fuzz.json"
PAGE = ROOT / "docs/robustness.md"
HEADS = {
    "result": "read",
    "refused": "refused in one line",
    "wrong": "wrong result",
    "error": "other error",
    "crash": "crash",
    "hang": "hang",
}


def page() -> str:
    """The content of docs/robustness.md."""
    content = json.loads(RESULTS.read_text(encoding="utf-8"))
    readers = content["readers"]
    total = {head: sum(counts[head] for counts in readers.values()) for head in HEADS}
    lines = [
        "# Robustness",
        "",
        "Generated from `results/robustness` by `python -m tests.fuzz.page`.",
        "",
        "## Damaged files",
        "",
        f"{sum(total.values()):,} files, made from valid ones by cutting, filling, doubling, joining, other words,",
        "through every reader, each in a process that may end. A file must give a result or one line of this",
        f"program, with no results left behind. {content['minutes']:g} minutes. `make test-fuzz` runs 20,000, of which",
        "these are the first of each reader; the tests run the first eight of each.",
        "",
        f"| reader | files | {' | '.join(HEADS.values())} |",
        "|---" * (len(HEADS) + 2) + "|",
    ]
    for name, counts in {**readers, "all": total}.items():
        values = [sum(counts.values()), *(counts[head] for head in HEADS)]
        lines.append(f"| {name} | {' | '.join(f'{value:,}' for value in values)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
