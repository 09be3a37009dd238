# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the trainings of an experiment file and report their results as tables, statistical tests and plots."""

from pathlib import Path

PAGES_DIR = Path("docs")
RESULTS_DIR = PAGES_DIR / "results"
WORK_DIR = Path("eval/experiments")
RUNNING, LOG = "running.json", "log.txt"  # the running cells, in the work folder; the output of a run, in its folder
