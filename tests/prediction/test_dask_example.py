# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The recipe for Dask segments an archive with two workers."""

from __future__ import annotations

import csv
import os
import subprocess
import sys

import pytest
from PIL import Image

from scripts.prediction.result_folder import CSV
from tests.paths import ROOT
from tests.prediction.batches import ellipse, scene

pytest.importorskip("distributed", reason="is not installed, see requirements-cluster.txt")


def test_two_workers_share_an_archive(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(6):
        image = Image.fromarray(scene(ellipse((60, 80), (30, 40), (10, 15)), number))
        image.save(tmp_path / "in" / f"{number}.png")
    words = [tmp_path / "in", tmp_path / "out", "--workers", "2", "--shards", "3"]
    run = subprocess.run(
        [sys.executable, ROOT / "docs" / "examples" / "predict_on_dask.py", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("files failed") == 4
    assert "6 images" in run.stdout.splitlines()[-1]
    with (tmp_path / "out" / CSV).open(newline="", encoding="utf-8") as lines:
        assert [row["file"] for row in csv.DictReader(lines)] == [f"{number}.png" for number in range(6)]
