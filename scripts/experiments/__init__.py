# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Experiments: a file says what is trained on what, and the tables, tests and pictures that come of it."""

from pathlib import Path

RESULTS_DIR = Path("docs/results")
WORK_DIR = Path("eval/experiments")
RUNNING, LOG = "running.json", "log.txt"  # in the folder of all runs: which run now; in each run's: what it printed
