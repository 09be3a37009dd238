# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""docs/interruptions.md from the result files of the long runs: ``python -m tests.faults.page``."""

from __future__ import annotations

import json

from tests.paths import ROOT

RESULTS = ROOT / "docs/results/robustness"
PAGE = ROOT / "docs/interruptions.md"


def page() -> str:
    """The content of the page."""
    faults, soak = (json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8")) for name in ("faults", "soak"))
    commands, places, parts = faults["commands"], faults["places"], soak["parts"]
    return "\n".join(
        [
            "# Interruptions and long runs",
            "",
            "Generated from `results/robustness` by `python -m tests.faults.page`.",
            "",
            "## Interruptions",
            "",
            "Ended at a random moment by SIGKILL, SIGTERM or Ctrl-C and continued; the same: all results as of a",
            "command that was not interrupted, weights bit for bit.",
            f"{faults['minutes']:g} minutes; `make test-faults` repeats it.",
            "",
            "| command | ended | the same |",
            "|---|---|---|",
            *(f"| {name} | {counts['kills']} | {counts['same']} |" for name, counts in commands.items()),
            "",
            "## Disks and files",
            "",
            "One line, no traceback, and nothing lost that was done before. `make test-faults` repeats it, as root.",
            "",
            "| case | as it should |",
            "|---|---|",
            *(f"| {name} | {'yes' if fine else 'no'} |" for name, fine in places.items()),
            "",
            "## Long runs",
            "",
            f"{soak['images']:,} generated images through one process that predicts, on shared cores. `make test-soak`",
            "repeats it with 20,000.",
            "",
            "| images | images per second | memory, MB | open files |",
            "|---|---|---|---|",
            *(
                f"| {soak['images'] * number // len(parts):,} | {part['images_per_second']:g} | {part['memory_mb']} "
                f"| {part['open_files']} |"
                for number, part in enumerate(parts, 1)
            ),
            "",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
