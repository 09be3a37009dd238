# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""OpenVINO is imported without what reports its use."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT

PROGRAM = """
import sys, threading
from scripts.runtimes.openvino_runtime import import_openvino
print(import_openvino().__version__, sys.modules["openvino_telemetry"], threading.active_count())
"""


def test_it_reports_nothing_and_leaves_the_home_folder_alone(tmp_path):
    pytest.importorskip("openvino", reason="needs requirements-openvino.txt")
    home = {"HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.endswith(" None 1\n")
    assert not list(tmp_path.iterdir())
