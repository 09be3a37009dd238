# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re

import pytest
from PIL import Image

from scripts.errors import InputError
from scripts.evaluation.metrics_table import metrics_table
from scripts.experiments.evidence_page import write_evidence
from scripts.experiments.evidence_plots import _rows
from tests.experiments.results import cell, images, normals

PRESETS = ("tiny", "full")


@pytest.fixture
def results(put, tmp_path):
    for seed in (0, 1, 2):
        put(cell("student", seed), images(*[0.5] * 7) + normals(0, 1))
        put(cell("taught", seed), images(*[0.6] * 7) + normals(0, 0))
    return tmp_path / "results"


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_page_holds_what_there_is_and_says_what_is_not(plan, results, tmp_path):
    page = write_evidence(plan, results, tmp_path / "docs", PRESETS)
    assert page == tmp_path / "docs" / "evidence_plan.md"
    text = page.read_text()
    assert text.startswith("# Evidence\n")
    assert "generated" in text.split("## ")[0]
    assert "python -m scripts experiment tables experiments/plan.yaml" in text.split("## ")[0]
    assert "| tiny | 6 of 10 | 64×64 instead of 512×512 pixels, 10 instead of 20 epochs |" in text
    assert "| full | not run | no |" in text
    assert text.endswith("## Preset full\n\nNot run.\n")
    assert "### Table I: students, BUSI" in text
    assert "| Student alone | 0, 1, 2 | 7 | 0.500 [0.500, 0.500] |" in text
    assert "- Table I: students, BrEaST: not run" in text
    assert "| Does it help? | BUSI | Student, taught | Student alone | gain | 0, 1, 2 | +0.100" in text
    tables = [f"results/tables/plan/tiny/{name}" for name in ("table1_busi", "comparisons")]
    endings = ("md", "csv", "png")
    assert {*files(tmp_path / "docs")} == {"evidence_plan.md", *(f"{name}.{end}" for name in tables for end in endings)}
    for target in re.findall(r"\]\((results/[^)]+)\)", text):
        assert (page.parent / target).is_file(), target
    table = (tmp_path / "docs/results/tables/plan/tiny/table1_busi.md").read_text()
    assert table.startswith("# Table I: students, BUSI\n\n|")
    assert table.split("\n", 2)[2].strip() in text


def test_the_same_results_give_the_same_bytes(plan, results, tmp_path):
    write_evidence(plan, results, tmp_path / "docs", PRESETS)
    before = files(tmp_path / "docs")
    write_evidence(plan, results, tmp_path / "docs", PRESETS)
    write_evidence(plan, results, tmp_path / "elsewhere", PRESETS)
    assert files(tmp_path / "docs") == files(tmp_path / "elsewhere") == before
    assert not [name for name, content in before.items() if str(tmp_path).encode() in content]


def test_pictures_have_the_width_of_a_page_and_tell_nothing_of_who_drew_them(plan, results, tmp_path):
    write_evidence(plan, results, tmp_path / "docs", PRESETS)
    for path in (tmp_path / "docs").rglob("*.png"):
        with Image.open(path) as picture:
            assert picture.width == 1120
            assert set(picture.info) <= {"dpi"}


def test_pictures_follow_the_figures(plan, results, put, tmp_path):
    """And nothing else: no image of class malignant was tested, so the table has no figure of the one taught."""
    pictures = [f"results/tables/plan/tiny/{name}.png" for name in ("table1_busi", "comparisons")]
    seen = []
    for training, dice in (("taught", 0.6), ("taught", 0.9), ("student", 0.9)):
        put(cell(training, 2), images(*[dice] * 7) + normals(0, 1))
        write_evidence(plan, results, tmp_path / "docs", PRESETS)
        seen.append([files(tmp_path / "docs")[name] for name in pictures])
    assert [[a == b for a, b in zip(*pair)] for pair in zip(seen, seen[1:])] == [[True, False], [False, False]]


def test_tables_without_a_result_any_more_are_removed_and_nothing_else(plan, results, put, tmp_path):
    put(cell("student", dataset="breast"), images(0.5))
    write_evidence(plan, results, tmp_path / "docs", PRESETS)
    folder = tmp_path / "docs" / "results" / "tables" / "plan" / "tiny"
    (folder / "mine.md").write_text("mine")
    assert (folder / "table1_breast.png").is_file()
    (results / cell("student", dataset="breast").name / "metrics.json").unlink()
    write_evidence(plan, results, tmp_path / "docs", PRESETS)
    assert not list(folder.glob("table1_breast*"))
    assert (folder / "mine.md").read_text() == "mine"


def test_the_table_of_single_results_takes_no_edited_one_either(results):
    folder = results / cell("taught", 1).name
    assert "| taught | 7 | 0.600 [0.600, 0.600] |" in metrics_table({"taught": folder})
    path = folder / "metrics.csv"
    path.write_text(path.read_text().replace(",0.6,", ",0.7,", 1))
    with pytest.raises(InputError, match="metrics.json' or metrics.csv beside it was changed after the run wrote it"):
        metrics_table({"taught": folder})


def test_results_that_do_not_fit_end_it_before_anything_is_written(plan, results, put, tmp_path):
    put(cell("teacher"), images(*[0.9] * 6) + normals(0, 1))
    with pytest.raises(InputError, match="seed0/teacher and tiny/busi/fold0/seed0/student were tested on different"):
        write_evidence(plan, results, tmp_path / "docs", PRESETS)
    path = results / cell("taught", 1).name / "metrics.json"
    path.write_text(path.read_text().replace('"epochs": 10', '"epochs": 20'))
    with pytest.raises(InputError, match="seed1/taught: metrics.json or metrics.csv was changed"):
        write_evidence(plan, results, tmp_path / "docs", PRESETS)
    assert not (tmp_path / "docs").exists()
    with pytest.raises(InputError, match="--preset huge: unknown"):
        write_evidence(plan, results, tmp_path / "docs", ["huge"])


@pytest.mark.filterwarnings("error::UserWarning")  # that nothing fits
def test_long_labels_leave_room_for_the_plot(tmp_path):
    for name, label in (("short", "Does it?\na − b"), ("long", "Does one teacher help? " * 6)):
        with _rows([label] * 5, "title", "subtitle", tmp_path / f"{name}.png") as axis:
            axis.plot([0, 1], [0, 4])
    sizes = [Image.open(tmp_path / f"{name}.png").size for name in ("short", "long")]
    assert sizes[0][0] == sizes[1][0] and sizes[0][1] < sizes[1][1]
