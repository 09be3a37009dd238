# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Long loops show their progress in a log file, too, and short ones print nothing there."""

from __future__ import annotations

import pytest

from scripts import progress
from scripts.progress import track


def test_a_short_loop_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(track(range(3), "reading")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_a_long_loop_prints_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "INTERVAL", 1e-9)
    assert list(track((number for number in range(3)), "reading", "image", total=3)) == [0, 1, 2]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 3
    assert "\r" not in "".join(lines)
    assert all(line.startswith("reading: ") for line in lines)
    assert "3/3" in lines[-1] and "image/s" in lines[-1]
    assert list(track([1], "reading", shown=False)) == [1]
    assert capsys.readouterr().err == ""
