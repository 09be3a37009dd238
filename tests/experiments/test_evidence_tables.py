# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy
import csv

import pytest

from scripts.errors import InputError
from scripts.experiments.evidence import answer_questions, fill_table, read_evidence
from scripts.experiments.evidence_tables import comparisons_csv, comparisons_markdown, table_csv, table_markdown
from tests.experiments.results import PLAN, cell, images, normals, write_plan

BENIGN, MALIGNANT = (0.5, 0.5, 0.5, 0.5, 0.5), (0.2, 0.4)


def rows(gain=0.0):
    malignant = images(*(dice + gain for dice in MALIGNANT), label_class="malignant", start=5)
    return images(*(dice + gain for dice in BENIGN)) + malignant + normals(0, 0, 3, 0)


def parse(markdown):
    """Rows of a Markdown table by their first cell, each by its heading."""
    lines = [line.strip("| ").split(" | ") for line in markdown.splitlines() if line.startswith("|")]
    headings = ["", *lines[0]] if len(lines[0]) < len(lines[2]) else lines[0]
    return {cells[0]: dict(zip(headings, cells)) for cells in lines[2:]}


def table(plan, tmp_path, preset="tiny", dataset="busi"):
    evidence = read_evidence(plan, tmp_path / "results", preset)
    filled = fill_table(evidence, plan.tables["table1"], dataset)
    return table_markdown(evidence, plan.tables["table1"], filled), list(csv.DictReader(table_csv(filled).splitlines()))


def test_every_figure_stands_below_its_heading(plan, put, tmp_path):
    put(cell("student", 0), rows())
    put(cell("student", 2), rows(gain=0.1))
    row = parse(table(plan, tmp_path)[0])["Student alone"]
    dice = (5 * 0.5 + 0.6) / 7 + 0.05
    assert row["seeds"] == "0, 2"
    assert row["images"] == "7"
    assert row["lesion Dice [95 % interval]"].startswith(f"{dice:.3f} [0.")
    assert row["between seeds"] == "0.071"
    assert row["lesion IoU"] == f"{dice - 0.05:.3f}"
    assert row["mean Dice (paper)"] == f"{dice + 0.2:.3f} (0.811)"
    assert row["mean precision (paper)"] == f"{dice + 0.21:.3f} (0.822)"
    assert row["mean recall (paper)"] == f"{dice + 0.22:.3f} (0.833)"
    assert row["mean IoU (paper)"] == f"{dice + 0.15:.3f} (0.844)"
    assert row["mean accuracy (paper)"] == f"{dice + 0.23:.3f} (0.855)"
    assert row["false positives on normals [95 % interval]"] == "0.250 [0.000, 0.750], 4 images"
    assert row["strict Dice"] == f"{(7 * dice + 3) / 11:.3f}"


def test_a_row_is_of_its_test_classes(plan, put, tmp_path):
    put(cell("taught"), rows())
    row = parse(table(plan, tmp_path)[0])["Malignant"]
    assert row["images"] == "2"
    assert row["lesion Dice [95 % interval]"] == "0.300 [0.200, 0.400]"
    assert row["mean Dice (paper)"] == "0.500"
    assert row["false positives on normals [95 % interval]"] == row["strict Dice"] == "–"


def test_what_was_not_run_is_there_with_what_was_published(plan, put, tmp_path):
    put(cell("student"), rows())
    markdown, as_csv = table(plan, tmp_path)
    row = parse(markdown)["Teacher"]
    assert row["lesion Dice [95 % interval]"] == "not run"
    assert (row["seeds"], row["images"]) == ("–", "–")
    assert (row["mean Dice (paper)"], row["mean IoU (paper)"]) == ("– (0.911)", "– (0.944)")
    assert row["mean recall (paper)"] == "–"
    assert [line["state"] for line in as_csv] == ["done", "not run", "not run"]
    assert as_csv[2]["paper_mean_dice"] == "0.911"
    assert as_csv[2]["lesion_dice"] == as_csv[2]["sources"] == ""


def test_without_published_figures_nothing_is_said_of_the_paper(plan, put, tmp_path):
    put(cell("student", dataset="breast"), rows())
    assert "paper)" not in table(plan, tmp_path, dataset="breast")[0]


def test_csv_has_every_digit_and_the_sources(plan, put, tmp_path):
    put(cell("student", 0), rows())
    put(cell("student", 1), rows(gain=1 / 3))
    row = table(plan, tmp_path)[1][0]
    assert float(row["lesion_dice"]) == pytest.approx(3.1 / 7 + 1 / 6, abs=1e-11)
    assert float(row["mean_accuracy"]) == pytest.approx(3.1 / 7 + 1 / 6 + 0.23, abs=1e-11)
    assert float(row["lesion_dice_low"]) < float(row["lesion_dice"]) < float(row["lesion_dice_high"])
    assert float(row["lesion_dice_seed_std"]) == pytest.approx(2**0.5 / 6)
    assert row["sources"] == "tiny/busi/fold0/seed0/student tiny/busi/fold0/seed1/student"
    assert (row["seeds"], row["images"], row["groups"], row["normals"]) == ("0 1", "7", "7", "4")


def test_below_a_table_stands_how_it_was_computed(plan, put, tmp_path):
    put(cell("student"), rows())
    put(cell("taught"), rows(), device="a GPU", training_seconds=9000)
    markdown = table(plan, tmp_path)[0]
    assert (
        "Preset tiny: image size 64, 10 epochs, batch size 8; a CPU and a GPU; float32; torch 2.13.0, monai 1.6.1; "
        "4.0 hours of training for these rows (without teachers that only other tables list)." in markdown
    )
    assert "A note." in markdown
    assert "**Smaller than the paper:** 64×64 instead of 512×512 pixels, 10 instead of 20 epochs." in markdown
    put(cell("student", preset="full"), rows())
    assert "Smaller" not in table(plan, tmp_path, preset="full")[0]


def test_a_training_in_two_rows_is_counted_once(put, tmp_path):
    content = copy.deepcopy(PLAN)
    content["tables"]["table1"]["rows"].append({"key": "again", "training": "student", "test_classes": ["benign"]})
    put(cell("student"), rows())
    assert "1.5 hours of training for" in table(write_plan(tmp_path, content), tmp_path)[0]


def test_rows_of_other_images_are_named(plan, put, tmp_path):
    put(cell("student"), rows())
    put(cell("teacher"), rows()[1:])
    put(cell("taught"), rows())
    assert "Not tested on the same images as Student alone: Teacher.\n" in table(plan, tmp_path)[0]
    put(cell("teacher"), rows())
    assert "same images" not in table(plan, tmp_path)[0]


def test_a_seed_counts_when_all_its_folds_are_there(put, tmp_path):
    content = copy.deepcopy(PLAN)
    content["cells"][0]["folds"] = [0, 1]
    plan = write_plan(tmp_path, content)
    put(cell("student", 0), images(0.5, 0.5))
    put(cell("student", 1), images(0.5, 0.5))
    assert parse(table(plan, tmp_path)[0])["Student alone"]["lesion Dice [95 % interval]"] == "not run"
    put(cell("student", 1, fold=1), images(0.8, start=2))
    row = parse(table(plan, tmp_path)[0])["Student alone"]
    assert (row["seeds"], row["images"]) == ("1", "3")
    assert row["lesion Dice [95 % interval]"].startswith("0.600 [")


def answers(plan, tmp_path):
    evidence = read_evidence(plan, tmp_path / "results", "tiny")
    found = answer_questions(evidence)
    as_csv = list(csv.DictReader(comparisons_csv(found).splitlines()))
    return parse(comparisons_markdown(evidence, found)), as_csv


def test_questions_are_answered_first_minus_second(plan, put, tmp_path):
    for seed in (0, 1, 2):
        put(cell("student", seed), rows())
        put(cell("taught", seed), rows(gain=0.1 + 0.01 * seed))
    markdown, as_csv = answers(plan, tmp_path)
    row = markdown["Does it help?"]
    assert (row["first"], row["second"], row["data"]) == ("Student, taught", "Student alone", "BUSI")
    assert row["first − second, lesion Dice [95 % interval]"] == "+0.110 [+0.100, +0.120]"  # drawn by seed, too
    assert (row["seeds"], row["between seeds"], row["verdict on lesion Dice"]) == ("0, 1, 2", "0.010", "gain")
    assert as_csv[0]["verdict"].startswith("gain of 0.110 [0.100, 0.120], p = 0.0")
    assert float(as_csv[0]["lesion_dice_difference"]) == pytest.approx(0.11)
    assert as_csv[0]["sources"].split() == [cell(t, s).name for t in ("taught", "student") for s in (0, 1, 2)]
    assert markdown["Is the teacher better?"]["verdict on lesion Dice"] == as_csv[1]["verdict"] == "not run"


def test_a_question_is_answered_by_the_seeds_that_both_have(plan, put, tmp_path):
    for seed in (0, 1):
        put(cell("student", seed), rows())
    put(cell("taught", 1), rows(gain=-0.1))
    put(cell("teacher", 2), rows())
    markdown, as_csv = answers(plan, tmp_path)
    row = markdown["Does it help?"]
    assert (row["seeds"], row["verdict on lesion Dice"], row["Wilcoxon test"]) == ("1", "no claim: 1 seed", "–")
    assert row["first − second, lesion Dice [95 % interval]"].startswith("-0.100")
    assert as_csv[0]["sources"].split() == [cell("taught", 1).name, cell("student", 1).name]
    assert markdown["Is the teacher better?"]["verdict on lesion Dice"] == "not run"


def test_results_that_do_not_fit_are_refused(plan, put, tmp_path):
    for option, message in (
        (["--epochs", "3"], "was computed with epochs 3, but .* has epochs 10"),
        (["--config_file", "configs/other.json"], "was computed with config_file configs/other.json"),
        (["--temperature", "2"], "was computed with temperature 2, .* has no temperature"),
    ):
        put(cell("student"), rows(), option)
        with pytest.raises(InputError, match=f"seed0/student: {message}"):
            read_evidence(plan, tmp_path / "results", "tiny")
    put(cell("student"), rows())
    path = tmp_path / "results" / cell("student").name / "metrics.csv"
    path.write_text(path.read_text().replace(",0.5,", ",0.6,", 1))
    with pytest.raises(InputError, match="was changed after the run wrote it"):
        read_evidence(plan, tmp_path / "results", "tiny")
    with pytest.raises(InputError, match="--preset huge: unknown"):
        read_evidence(plan, tmp_path / "results", "huge")


def test_a_training_that_only_teaches_has_its_row(put, tmp_path):
    content = copy.deepcopy(PLAN)
    content["trainings"]["taught"]["teachers"] = {"benign": "teacher"}
    content["cells"] = [{"datasets": ["busi"], "folds": [0], "seeds": [0], "trainings": ["taught"]}]
    put(cell("teacher"), rows())
    assert parse(table(write_plan(tmp_path, content), tmp_path)[0])["Teacher"]["images"] == "7"


def test_a_row_of_some_folds_needs_no_others(put, tmp_path):
    content = copy.deepcopy(PLAN)
    content["cells"][0]["folds"] = [0, 1]
    content["tables"]["table1"]["rows"][0]["folds"] = [0]
    content["tables"]["table1"]["rows"].append({"key": "both", "training": "student", "title": "Both folds"})
    plan = write_plan(tmp_path, content)
    put(cell("student"), rows())
    written = parse(table(plan, tmp_path)[0])
    assert written["Student alone"]["images"] == "7"
    assert written["Both folds"]["lesion Dice [95 % interval]"] == "not run"
