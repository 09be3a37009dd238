# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The page on interruptions is what the result files give, and they hold no fault."""

from __future__ import annotations

import json

from tests.faults.page import PAGE, RESULTS, page


def test_the_page_is_what_the_results_give():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_no_fault_is_left():
    faults = json.loads((RESULTS / "faults.json").read_text(encoding="utf-8"))
    assert all(counts["kills"] == counts["same"] > 0 for counts in faults["commands"].values())
    assert all(faults["places"].values())
