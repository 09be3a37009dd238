# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""docs/robustness.md from the result files of the long runs and the list of findings: ``make robustness``."""

from __future__ import annotations

import json
from collections.abc import Iterable

import yaml

from scripts.files.markdown import markdown_table
from tests.paths import ROOT
from tests.soak.state import is_flat

RESULTS = ROOT / "docs/results/robustness"
PAGE = ROOT / "docs/robustness.md"
MEASURED = {
    "cpu_ms": "CPU ms for each",
    "memory_mb": "memory, MB",
    "open_files": "open files",
}
OUTCOMES = {
    "result": "read",
    "refused": "refused in one line",
    "wrong": "wrong result",
    "error": "other error",
    "crash": "crash",
    "hang": "hang",
}
BAD = ("wrong", "error", "crash", "hang")
RUNS = {"prediction": "images", "distillation": "epochs"}


def read(name: str) -> dict:
    """The content of a result file."""
    return json.loads((RESULTS / name).read_text(encoding="utf-8"))


def findings() -> list[dict[str, str]]:
    """What fell through: case, outcome before and now, and the test that holds it, as FILE::FUNCTION."""
    return yaml.safe_load((RESULTS / "findings.yaml").read_text(encoding="utf-8"))


def table(*heads: str, rows: Iterable[Iterable[object]]) -> list[str]:
    """The lines of a table of texts."""
    return markdown_table(heads, [list(map(str, row)) for row in rows], len(heads)).splitlines()


def overview() -> list[str]:
    """What was tried, how much of it went wrong, how long it took, and what repeats it."""
    fuzz, faults = read("fuzz.json"), read("faults.json")
    outcomes = list(fuzz["readers"].values())
    commands = list(faults["commands"].values())
    kills, cases = sum(counts["kills"] for counts in commands), faults["places"].values()
    rows: list[list[object]] = [
        [
            "damaged files",
            f"{sum(sum(counts.values()) for counts in outcomes):,}",
            sum(counts[bad] for counts in outcomes for bad in BAD),
            f"{fuzz['minutes']:g} minutes",
            "`make test-fuzz`",
        ],
        [
            "commands that were ended",
            kills,
            kills - sum(counts["same"] for counts in commands),
            f"{faults['minutes']:g} minutes with the next",
            "`make test-faults`, as root",
        ],
        ["faults of disks, memory, files, processes, clocks", len(cases), list(cases).count(False), "", "the same"],
    ]
    for name, unit in RUNS.items():
        content = read(f"soak_{name}.json")
        parts = content["parts"]
        minutes = sum(part["cpu_ms"] for part in parts) / len(parts) * content["number"] / 60_000
        rows.append(
            [
                f"{unit} of one {name}",
                f"{content['number']:,}",
                0 if is_flat(parts) else "not flat",
                f"{minutes:.0f} minutes of the processor",
                "`make test-soak`",
            ]
        )
    return [
        *table("tried", "number", "went wrong", "took", "repeated by", rows=rows),
        "",
        f"The cores were shared with other work. {len(findings())} cases that went wrong before are listed below.",
    ]


def damaged_files() -> list[str]:
    content = read("fuzz.json")
    readers = content["readers"]
    total = {head: sum(counts[head] for counts in readers.values()) for head in OUTCOMES}
    rows = [
        [name, *(f"{value:,}" for value in (sum(counts.values()), *(counts[head] for head in OUTCOMES)))]
        for name, counts in {**readers, "all": total}.items()
    ]
    return [
        f"{sum(total.values()):,} files, made from valid ones by cutting, filling, doubling, joining, other words,",
        "through every reader, each in a process that may end. A file must give a result or one line of this",
        "program, with no results left behind. The tests run the first eight files of each reader.",
        "",
        *table("reader", "files", *OUTCOMES.values(), rows=rows),
    ]


def interruptions() -> list[str]:
    content = read("faults.json")
    kills = content["commands"]
    total = {head: sum(counts[head] for counts in kills.values()) for head in ("kills", "same")}
    return [
        f"{total['kills']} commands, ended at a random moment by SIGKILL, SIGTERM or Ctrl-C and continued; the same:",
        "all results as of a command that was not interrupted, weights bit for bit. No process is left behind.",
        "",
        *table(
            "command",
            "ended",
            "the same",
            rows=[[name, *counts.values()] for name, counts in {**kills, "all": total}.items()],
        ),
    ]


def places() -> list[str]:
    return [
        "One line, no traceback, and nothing lost that was done before; where it can go on, the results are the same.",
        "",
        *table(
            "case",
            "as it should",
            rows=[[n, "yes" if fine else "no"] for n, fine in read("faults.json")["places"].items()],
        ),
    ]


def long_runs() -> list[str]:
    lines = [
        "Each in one process, whose state after each tenth shows whether something grows. A prediction remembers the",
        "outcome of each file, half a kilobyte.",
    ]
    for name, unit in RUNS.items():
        content = read(f"soak_{name}.json")
        parts = content["parts"]
        rows = [
            [f"{content['number'] * number // len(parts):,}", *part.values()] for number, part in enumerate(parts, 1)
        ]
        lines += ["", *table(f"{unit} of a {name}", *(MEASURED[key] for key in parts[0]), rows=rows)]
    return lines


def found() -> list[str]:
    cases = findings()
    return [
        f"{len(cases)} cases that fell through, and the test that holds each (`pytest FILE -k NAME`).",
        "",
        *table(
            "case",
            "before",
            "now",
            "test",
            rows=[[*list(each.values())[:3], named_test(each["test"])] for each in cases],
        ),
    ]


def named_test(test: str) -> str:
    path, name = test.split("::")
    return f"`{name.removeprefix('test_')}` in `{path}`"  # no link: the bundle's archive has no tests


SECTIONS = {
    "Damaged files": damaged_files,
    "Interruptions": interruptions,
    "Disks, memory and files": places,
    "Long runs": long_runs,
    "Findings": found,
}


def page() -> str:
    """The content of docs/robustness.md."""
    lines = ["# Robustness", "", "Generated from `results/robustness` by `make robustness`.", "", *overview()]
    for title, section in SECTIONS.items():
        lines += ["", f"## {title}", "", *section()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
