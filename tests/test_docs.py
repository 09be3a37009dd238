# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import argparse
import csv
import importlib
import json
import pkgutil
import re
import shlex
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from scripts import commands
from scripts.benchmark.bounds import BOUNDS
from scripts.benchmark.gate import gate_table
from scripts.benchmark.measure import read_benchmark
from scripts.benchmark.tables import benchmark_markdown
from scripts.bundle.named_folders import parse_titles
from scripts.calibration.summary_tables import assessment_markdown
from scripts.commands import table
from scripts.evaluation.metrics_file import NAMES
from scripts.evaluation.metrics_table import metrics_table
from scripts.experiments.evidence_page import TABLES, write_evidence
from scripts.experiments.plan import read_plan
from scripts.postprocessing.calibration import read_calibration
from scripts.runtimes.choice import BFLOAT16, FLOAT32, INT8
from tests.interfaces import PAGE as INTERFACES
from tests.interfaces import public_names
from tests.page.told import RESULT as AGREEMENT
from tests.page.told import told
from tests.paths import ROOT
from tests.profile.table import RESULT as PROFILE
from tests.profile.table import profile_table
from tests.profile.training import RESULT as TRAINING
from tests.profile.training import training_sentence
from tests.scale.table import RESULTS as SCALE
from tests.scale.table import scale_table

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
ASSESSMENTS = sorted((ROOT / "docs" / "results" / "trust").rglob("trust.json"))
PLANS = sorted((ROOT / "experiments").glob("*.yaml"))
RESULTS = sorted((ROOT / "docs" / "results").rglob("metrics.json"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_are_there(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", ["README.md", "docs/README.md", "docs/multi_gpu.md", "docs/results.md"])
def test_tables_are_those_of_the_result_files(page, monkeypatch):
    """Each is below the command that makes it."""
    monkeypatch.chdir(ROOT)
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = re.findall(r"```\npython -m scripts table (.*?)\n```", text, flags=re.DOTALL)
    assert commands
    parser = argparse.ArgumentParser()
    table.add_arguments(parser)
    for command in commands:
        args = parser.parse_args(shlex.split(command.replace("\\\n", " ")))
        expected = metrics_table(parse_titles(args.evaluation), args.columns or NAMES[1:])
        assert expected in text, f"python -m scripts table {command}"


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_evidence_is_what_the_result_files_give(path, tmp_path):
    plan = read_plan(path)
    page = write_evidence(plan, ROOT / "docs" / "results", tmp_path, list(plan.presets))
    made = {file.relative_to(tmp_path) for file in tmp_path.rglob("*.*")}
    folder = ROOT / "docs" / TABLES / path.stem
    assert made == {file.relative_to(ROOT / "docs") for file in (ROOT / "docs" / page.name, *folder.rglob("*.*"))}
    for name in made:
        if name.suffix != ".png":  # whose letters are those of one version of a library
            assert (tmp_path / name).read_text() == (ROOT / "docs" / name).read_text(), name


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_every_result_says_what_it_is_of(path):
    provenance = json.loads(path.read_text(encoding="utf-8"))["provenance"]
    assert {"seed", "split_seed"} & provenance.keys()  # an evaluation has only the folds' seed
    for key in ("data", "split", "image_size", "device", "bundle", "torch", "monai", "command", "date"):
        assert provenance[key] not in (None, ""), key
    assert not re.search(r"(^|[ '=])/", provenance["command"]), "a path of one machine"
    assert (path.parent / "metrics.csv").is_file()


@pytest.mark.parametrize("path", ASSESSMENTS, ids=lambda path: path.parent.name)
def test_figures_of_trust_are_those_of_the_result_files(path):
    result = json.loads(path.read_text(encoding="utf-8"))
    tables = assessment_markdown(result)
    assert tables == path.with_name("trust.md").read_text(encoding="utf-8").strip()
    assert tables in (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    segmentation, *_ = tables.split("\n\n")
    assert segmentation in (ROOT / "docs" / "model_card.md").read_text(encoding="utf-8")
    assert not re.search(r"(^|[ '=])/", result["provenance"]["command"]), "a path of one machine"
    with path.with_name("trust.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    dice = [float(row["lesion_dice"]) for row in rows if float(row["truth_pixels"])]
    assert np.mean(dice) == pytest.approx(result["segmentation"]["lesion_dice"]["mean"])


def test_figures_of_speed_are_those_of_the_result_files():
    page = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    folder = ROOT / "docs" / "results" / "benchmark"
    runs = [read_benchmark(path.parent) for path in sorted(folder.glob("*/benchmark.json"))]
    assert benchmark_markdown(runs) in page
    gates = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("gate*.json"))]
    for gate in gates:
        assert gate_table(gate["rows"]).split("\n\n")[0] in page
        assert all(row["bounds"] == asdict(BOUNDS[row["precision"]]) for row in gate["rows"])
    for provenance in (result["provenance"] for result in (*gates, *runs)):
        assert not re.search(r"(^|[ '=])/", provenance["command"]), "a path of one machine"


def test_the_training_step_is_that_of_the_result_file():
    page = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    assert training_sentence(json.loads(TRAINING.read_text(encoding="utf-8"))) in " ".join(page.split())


def test_the_profile_and_the_scale_are_those_of_the_result_files():
    profile = json.loads(PROFILE.read_text(encoding="utf-8"))
    assert profile_table(profile) in (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    for name, page in (("datalist", "data.md"), ("predict", "speed.md")):
        scale = json.loads((SCALE / f"{name}.json").read_text(encoding="utf-8"))
        assert scale_table(scale["rows"]) in (ROOT / "docs" / page).read_text(encoding="utf-8")


def test_the_agreement_of_the_page_in_the_browser_is_that_of_the_result_file():
    page = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")
    assert told(json.loads(AGREEMENT.read_text(encoding="utf-8"))) in page


def test_the_bounds_of_the_gate_are_those_of_the_page():
    page = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    assert BOUNDS[FLOAT32] == BOUNDS[BFLOAT16]
    for title, name in {
        "mean lesion Dice, lower by at most": "largest_loss",
        "mean Dice of the masks with PyTorch's, at least": "least_agreement",
        "images in which only one of them finds a lesion, at most": "largest_changed",
    }.items():
        row = re.search(rf"^\| {title} \| (\S+) \| (\S+) \|$", page, flags=re.MULTILINE)
        values = [float(text.rstrip("%")) / (100 if "%" in text else 1) for text in row.groups()]
        assert values == [getattr(BOUNDS[precision], name) for precision in (FLOAT32, INT8)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_stands_on_a_page_twice(page):
    headings = re.findall(r"^#+ .+$", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL), re.M)
    levels = [heading for heading in headings if heading.startswith(("# ", "## "))]
    assert len(levels) == len(set(levels))


def test_what_was_fitted_stands_on_its_page():
    calibration = read_calibration(ROOT / "models" / "calibration.json", ROOT / "models" / "model.pt")
    assert not re.search(r"(^|[ '=])/", calibration.provenance["command"]), "a path of one machine"
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in page[: page.index("## BUSI")].splitlines() if line.startswith("|")]
    told = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}
    results = [ROOT / "docs" / "results" / "trust" / name / "trust.json" for name in ("busi", "breast", "busbra")]
    left_out = [json.loads(path.read_text(encoding="utf-8"))["provenance"] for path in results]
    for name, value in calibration.settings.items():
        assert told[name.replace("_", " ")] == [str(value), *(str(provenance[name]) for provenance in left_out)]


def test_every_interface_is_there():
    verbs = set(re.findall(r"python -m scripts (\w+)", INTERFACES)) | {"compare", "sheet"}
    assert verbs == {module.name for module in pkgutil.iter_modules(commands.__path__)}
    for module, name in public_names():
        assert hasattr(importlib.import_module(module), name), f"{module}.{name}"
    listed = INTERFACES[INTERFACES.index("## Configs") : INTERFACES.index("| key |")]
    names = {name for name in re.findall(r"`([\w/*]+\.(?:json|yaml))`", listed) if "*" not in name}
    assert names == {path.name for path in (ROOT / "configs").iterdir() if path.is_file()} - {
        "metadata.json",
        "logging.conf",
    }


def test_files_that_a_contributor_is_sent_to_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = [Path(path) for path in re.findall(r"`((?:scripts|tests|configs|docs|experiments)/[\w./]*)`", text)]
    assert len(paths) > 15
    for path in paths:
        assert (ROOT / (path.parent if path.stem.endswith("NAME") else path)).exists(), path
