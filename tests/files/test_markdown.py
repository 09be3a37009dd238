# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from scripts.files.markdown import markdown_table


def test_numbers_are_aligned_and_bars_escaped():
    assert markdown_table(["a|b", "c", "n"], [["x", "y", "1"]], text_columns=2).splitlines() == [
        r"| a\|b | c | n |", "|---|---|---:|", "| x | y | 1 |",
    ]  # fmt: skip
