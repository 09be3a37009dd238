# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The experiment runner on phantoms: teachers first, interrupted and resumed, nothing done twice."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml

from scripts.experiments.cell_command import command
from scripts.experiments.plan import read_plan
from tests.e2e.bundle import SMALL, TEACHER
from tests.files.other_process import locked_elsewhere
from tests.paths import ROOT
from tests.warm_python import warm_python

PLAN = {
    "presets": {"tiny": {key: SMALL[key] for key in ("image_size", "batch_size")} | {"epochs": 2}},
    "datasets": {"busi": "BUSI", "breast": "BrEaST", "udiat": "UDIAT"},
    "trainings": {
        "student": {"title": "Student alone", "configs": ["train.json"]},
        "teacher": {
            "title": "Benign teacher",
            "configs": ["train_benign_teacher.yaml"],
            "options": {"network_def": TEACHER},
        },
        "distilled": {
            "title": "Student, benign teacher",
            "configs": ["distill.yaml"],
            "options": {"teacher_weights": {"benign": 0.7}, "teacher_defs": {"benign": TEACHER}},
            "teachers": {"benign": "teacher"},
        },
    },
    "test_classes": ["benign", "malignant", "normal"],
    "cells": [
        {"datasets": ["busi"], "folds": [0], "seeds": [0], "trainings": ["distilled", "student"]},
        {"datasets": ["breast", "udiat"], "folds": [0], "seeds": [0], "trainings": ["student"]},
    ],
    "tables": {
        "table": {
            "title": "A table",
            "datasets": ["busi"],
            "rows": [{"training": "student"}, {"training": "distilled"}],
        }
    },
    "comparisons": [],
}
STUDENT, TEACHER_CELL, DISTILLED = (f"tiny/busi/fold0/seed0/{name}" for name in ("student", "teacher", "distilled"))
BREAST = "tiny/breast/fold0/seed0/student"


@pytest.fixture(scope="module")
def folder(phantoms, tmp_path_factory):
    folder = tmp_path_factory.mktemp("experiments")
    (folder / "plan.yaml").write_text(yaml.safe_dump(PLAN))
    return folder


def words(folder, verb, *more, results="results"):
    options = {"--preset": "tiny", "--work_dir": str(folder / "work"), "--results_dir": str(folder / results)}
    given = [word for name, value in options.items() if name not in more for word in (name, value)]
    return ["-m", "scripts", "experiment", verb, str(folder / "plan.yaml"), *given, *map(str, more)]


def python(*words):
    return subprocess.run([warm_python(), *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)


def experiment(folder, verb, *more, **kwargs):
    return python(*words(folder, verb, *more, **kwargs))


@pytest.fixture(scope="module")
def done(folder, phantoms):
    """Every cell of the phantoms, the runner and what it had started killed in the middle of the student's teacher."""
    run_words = words(folder, "run", "--dataset_dir", f"busi={phantoms}")
    first = subprocess.Popen(
        [sys.executable, *run_words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    started = time.monotonic()
    while not (folder / "work" / TEACHER_CELL / "checkpoint.pt").exists():
        assert first.poll() is None, first.communicate()[0]
        assert time.monotonic() - started < 300
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    training = ["pgrep", "-f", f"output_dir {folder / 'work'}"]
    until = time.monotonic() + 30
    while subprocess.run(training, capture_output=True, check=False).returncode == 0:  # it ends with its runner
        assert time.monotonic() < until
        time.sleep(0.1)
    assert not (folder / "results" / TEACHER_CELL).exists()
    last = python(*run_words)
    assert last.returncode == 0, last.stderr
    return last.stderr


def test_two_runners_do_not_meet(folder, done, phantoms):
    with locked_elsewhere(folder / "results"):
        second = experiment(folder, "run", "--dataset_dir", f"busi={phantoms}")
        (folder / "work" / "running.json").write_text(json.dumps({BREAST: time.time() - 130}))
        status = experiment(folder, "status").stdout
    (folder / "work" / "running.json").unlink()
    assert second.returncode == 2
    assert "another command is writing to this folder" in second.stderr
    assert f"| {BREAST} | running since 2 minutes |" in status


def metrics(folder, cell, results="results"):
    return json.loads((folder / results / cell / "metrics.json").read_text())


def test_every_cell_has_a_result_and_teachers_come_first(folder, done):
    order = re.findall(r"Starting (\S+);", done)
    assert order == [TEACHER_CELL, DISTILLED, STUDENT]
    assert "Skipping the cells of breast: no --dataset_dir breast=FOLDER is given." in done
    assert "Resumed from" in (folder / "work" / TEACHER_CELL / "log.txt").read_text()
    for cell in order:
        assert metrics(folder, cell)["cell"] == cell
    assert metrics(folder, DISTILLED)["provenance"]["teachers"]["benign"]["trained"]["trained"] == "benign teacher"


def test_every_training_is_tested_on_all_classes(folder, done, phantoms):
    for cell in (STUDENT, TEACHER_CELL, DISTILLED):
        rows = (folder / "results" / cell / "metrics.csv").read_text().splitlines()[1:]
        classes = {row.split(",")[1] for row in rows}
        assert classes == {"benign", "malignant", "normal"}


def test_the_command_in_a_result_gives_it_again(folder, done, phantoms):
    """Also although the cell that it is of was killed and resumed; and it names no folder of this machine."""
    recorded = metrics(folder, TEACHER_CELL)
    assert str(folder) not in json.dumps(recorded)
    assert str(phantoms) not in json.dumps(recorded)
    again = shlex.split(recorded["provenance"]["command"])
    again[again.index("--dataset_dir") + 1] = str(phantoms)
    again[again.index("--output_dir") + 1] = str(folder / "again")
    assert python(*again[1:]).returncode == 0
    figures = json.loads((folder / "again" / "metrics.json").read_text())
    without = ("provenance", "cell", "sha256")
    assert {k: v for k, v in figures.items() if k not in without} == {
        k: v for k, v in recorded.items() if k not in without
    }


def test_what_is_done_is_left_alone(folder, done, phantoms):
    before = {path: path.stat().st_mtime_ns for path in (folder / "results").rglob("metrics.*")}
    result = experiment(folder, "run", "--dataset_dir", f"busi={phantoms}")
    assert result.returncode == 0
    assert "3 cells, 0 of them to run." in result.stderr
    assert {path: path.stat().st_mtime_ns for path in (folder / "results").rglob("metrics.*")} == before


def test_status_tells_what_is_done_and_missing(folder, done):
    table = experiment(folder, "status").stdout
    assert re.search(rf"\| {STUDENT} \| done \| [\d.]+ \| 0\.\d+ \|", table)
    assert re.search(r"\| tiny/breast/fold0/seed0/student \| missing \| about \d+ \| – \|", table)
    assert "5 cells: 3 done, 2 missing" in table


def test_a_result_that_was_edited_is_found(folder, done, phantoms):
    shutil.copytree(folder / "results", folder / "edited")
    path = folder / "edited" / STUDENT / "metrics.json"
    path.write_text(path.read_text().replace('"mean": 0.', '"mean": 0.9', 1))
    for verb, more in (("run", ("--dataset_dir", f"busi={phantoms}")), ("status", ())):
        result = experiment(folder, verb, *more, results="edited")
        assert result.returncode == 2
        assert f"error: {path.parent}: metrics.json or metrics.csv was changed after the run wrote it" in result.stderr
        assert "Traceback" not in result.stderr


def test_teachers_without_weights_are_trained_again_for_a_student_alone(folder, done, phantoms):
    """As in a fresh clone, where results are there and weights are not."""
    shutil.copytree(folder / "results", folder / "fresh")
    shutil.rmtree(folder / "fresh" / DISTILLED)
    before = (folder / "fresh" / TEACHER_CELL / "metrics.json").read_bytes()
    others = ("--dataset_dir", f"busi={phantoms}", "--work_dir", folder / "other")
    result = experiment(folder, "run", *others, results="fresh")
    assert result.returncode == 0, result.stderr
    assert re.findall(r"Starting (\S+);", result.stderr) == [TEACHER_CELL, DISTILLED]
    assert (folder / "fresh" / TEACHER_CELL / "metrics.json").read_bytes() == before
    same = ("lesion_dice", "mean_dice", "classes")
    assert [metrics(folder, DISTILLED, "fresh")[k] for k in same] == [metrics(folder, DISTILLED)[k] for k in same]


def test_dataset_b_needs_nothing_but_its_folder(folder, phantoms, tmp_path):
    """Phantoms in the layout of Dataset B, which its owner alone hands out."""
    number = 0
    for label_class in ("benign", "malignant"):
        for mask in sorted((phantoms / label_class).glob("*_mask.png")):
            number += 1
            image = mask.with_name(mask.name.replace("_mask", ""))
            for source, kind in ((image, "original"), (mask, "GT")):
                target = tmp_path / "B" / label_class.title() / kind / f"{number:06}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
    result = experiment(folder, "run", "--dataset_dir", f"udiat={tmp_path / 'B'}", results="udiat")
    assert result.returncode == 0, result.stderr
    written = metrics(folder, "tiny/udiat/fold0/seed0/student", "udiat")
    assert written["provenance"]["data"] == "UDIAT"
    assert set(written["classes"]) == {"benign", "malignant"}
    assert "false_positive_rate" not in written


def test_a_changed_preset_does_not_pass_for_what_was_run(folder, done, phantoms, tmp_path):
    changed = {**PLAN, "presets": {"tiny": {**PLAN["presets"]["tiny"], "epochs": 3}}}
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(changed))
    shutil.copytree(folder / "results", tmp_path / "results")
    result = experiment(tmp_path, "run", "--dataset_dir", f"busi={phantoms}")
    assert result.returncode == 2
    assert "was computed with epochs 2" in result.stderr
    assert "has epochs 3" in result.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--cells", "busi/fold9"), "--cells busi/fold9: no such cell in"),
        (("--preset", "huge"), "--preset huge: unknown;"),
        (("--dataset_dir", "busi=absent"), "absent: no such folder"),
        (("--dataset_dir", "isic=absent"), "--dataset_dir isic=absent: "),
        (("--dataset_dir", "absent"), "--dataset_dir absent: expected NAME=DIR"),
        (("--dataset_dir", "breast={phantoms}"), "holds BUSI, but breast must be BrEaST"),
        (("--workers", "0"), "--workers 0: must be positive"),
    ],
)
def test_bad_input_is_one_clear_line(folder, phantoms, more, message):
    more = [part.format(phantoms=phantoms) for part in more]
    data = () if "--dataset_dir" in more else ("--dataset_dir", f"busi={phantoms}")
    result = experiment(folder, "run", *data, *more, results="none")
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (folder / "none").exists()


def test_a_cell_that_fails_is_named_and_the_others_are_done(folder, phantoms, tmp_path):
    plan = json.loads(json.dumps(PLAN))
    plan["trainings"]["teacher"]["options"]["classes"] = ["unknown"]  # told by the data alone
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan))
    result = experiment(tmp_path, "run", "--dataset_dir", f"busi={phantoms}")
    assert result.returncode == 2
    assert "2 cells failed, the first tiny/busi/fold0/seed0/teacher: --classes unknown: no such images" in result.stderr
    assert (tmp_path / "results" / STUDENT / "metrics.json").is_file()


def test_the_commands_of_the_projects_own_plan_name_files_that_are_there():
    plan = read_plan(ROOT / "experiments" / "lightbtseg.yaml")
    for cell in plan.cells("paper"):
        line = command(plan, cell, "BUSI", ["benign"], folder := ROOT / "eval")
        assert str(folder / cell.name) in line
        for name in plan.trainings[cell.training].configs:
            assert (ROOT / "configs" / name).is_file(), name
