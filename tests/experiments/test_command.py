# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""`python -m scripts experiment`, as a user types it; what trains is in tests/e2e."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest

from scripts.__main__ import main
from tests.experiments.results import PLAN, cell, images, write_plan
from tests.paths import ROOT


@pytest.fixture
def elsewhere(plan, put, tmp_path, monkeypatch):
    """Start in an empty folder; the plan has a result in tmp_path/results."""
    put(cell("student"), images(0.5, 0.7))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize(
    ("options", "where"), [(["--results_dir", "../results"], "results"), (["--output_dir", "pages"], "here/pages")]
)
def test_tables_of_results_elsewhere_leave_the_bundle_alone(elsewhere, plan, tmp_path, options, where):
    if where != "results":
        options = [*options, "--results_dir", "../results"]
    assert main(["experiment", "tables", str(plan.path), *options]) == 0
    assert (tmp_path / where / "evidence_plan.md").is_file()
    assert (tmp_path / where / "results/tables/plan/tiny/table1_busi.csv").is_file()
    assert not (elsewhere / "docs").exists()


def test_tables_of_the_bundles_results_go_to_its_documents(elsewhere, plan):
    assert main(["experiment", "tables", str(plan.path)]) == 0
    assert (elsewhere / "docs" / "evidence_plan.md").is_file()


def fig7(plan, *options):
    words = ["--preset", "tiny", "--dataset_dir", "busi=data", "--output", "fig7.png", *options]
    return main(["experiment", "fig7", str(plan.path), *words])


def test_fig7_draws_the_first_table_of_any_plan(elsewhere, tmp_path, capsys):
    content = copy.deepcopy(PLAN)
    content["tables"] = {"own": content["tables"]["table1"]}
    plan = write_plan(tmp_path, content)
    assert fig7(plan) == 2
    assert "no predictions of tiny/busi/fold0/seed0/student" in capsys.readouterr().err
    assert fig7(plan, "--table", "table1") == 2
    assert "error: --table table1: unknown; " in capsys.readouterr().err
    plan = write_plan(tmp_path, {**content, "tables": {}})
    assert fig7(plan) == 2
    assert "plan.yaml: has no table" in capsys.readouterr().err


def test_without_torch_the_message_names_the_command(plan):
    code = "import sys; sys.modules['torch'] = None; from scripts.__main__ import main; sys.exit(main())"
    words = ["experiment", "status", str(plan.path), "--preset", "tiny"]
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "error: experiment: needs torch: python -m pip install -r requirements.txt\n"
