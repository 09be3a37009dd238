# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The page on robustness is what its files give, they hold no fault, and every finding has its test."""

from __future__ import annotations

import ast

import pytest

from tests.paths import ROOT
from tests.robustness.page import BAD, PAGE, RUNS, findings, page, read
from tests.soak.state import is_flat


def test_the_page_is_what_the_results_give():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_no_fault_is_left():
    faults, fuzz = read("faults.json"), read("fuzz.json")
    assert all(counts["kills"] == counts["same"] > 0 for counts in faults["commands"].values())
    assert all(faults["places"].values())
    for counts in fuzz["readers"].values():
        assert not any(counts[outcome] for outcome in BAD)


@pytest.mark.parametrize("name", RUNS)
def test_long_runs_stay_flat(name):
    assert is_flat(read(f"soak_{name}.json")["parts"])


@pytest.mark.parametrize("finding", findings(), ids=lambda finding: finding["case"])
def test_every_finding_has_a_test(finding):
    assert list(finding) == ["case", "before", "now", "test"]
    path, name = finding["test"].split("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
