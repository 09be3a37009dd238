# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A small plan, and results with made-up figures, written as runs write them."""

from __future__ import annotations

import csv
import json
import shlex

import pytest

from scripts.experiments import WORK_DIR
from scripts.experiments.cell_command import command
from scripts.experiments.sealed_results import read_result, write_result
from scripts.metrics.summary import summarise
from tests.experiments.results import PLAN, write_plan


@pytest.fixture
def plan(tmp_path):
    return write_plan(tmp_path, PLAN)


@pytest.fixture
def put(tmp_path):
    """Write the result of a cell, made as the plan says or with other options, and read it back."""
    plan = write_plan(tmp_path, PLAN)

    def write(where, rows, options=(), **provenance):
        run, results = tmp_path / "run", tmp_path / "results"
        run.mkdir(exist_ok=True)
        with (run / "metrics.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        made = {**PLAN["presets"][where.preset], "device": "a CPU", "precision": "float32", "training_seconds": 5400}
        made |= {"torch": "2.13.0", "monai": "1.6.1"}
        made["command"] = shlex.join([*command(plan, where, "BUSI", ["benign"], WORK_DIR), *options])
        content = {**summarise(rows), "provenance": {**made, **provenance}}
        (run / "metrics.json").write_text(json.dumps(content))
        write_result(results, where, run, {})
        return read_result(results, where)

    return write
