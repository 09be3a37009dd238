# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Whole workflows in two processes on a CPU, as torchrun starts them."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from scripts.networks import StuNet, TeachNet
from tests.e2e.bundle import SMALL, TEACHER, command, run
from tests.paths import ROOT
from tests.warm_python import warm_python

STUNET = {"_target_": "scripts.networks.StuNet"}


def run_two(*configs: str, python: str | None = None, **options: object) -> subprocess.CompletedProcess:
    """Run in two processes to the end, which must come of itself."""
    torchrun = [python or warm_python(), "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    return subprocess.run(
        [*torchrun, *command(*configs, **options)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "COLUMNS": "200", "OMP_NUM_THREADS": "1"},
    )


def told(result: subprocess.CompletedProcess) -> list[str]:
    """What the two processes said of a failure, before torchrun's own report that there was one."""
    lines = result.stderr.splitlines()
    end = next(i for i, line in enumerate(lines) if "torch/distributed/elastic" in line)
    return lines[:end]


@pytest.fixture(scope="module")
def distilled_by_two(phantoms, tmp_path_factory) -> tuple[Path, str]:
    """A distillation that trained its teachers first: three trainings of 14 and 7 images, in batches of 4."""
    folder = tmp_path_factory.mktemp("two") / "out"
    result = run_two(
        "distill.yaml", "multi_gpu_train.json", python=sys.executable, dataset_dir=phantoms, output_dir=folder,
        epochs=2, **SMALL,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return folder, result.stdout


def test_a_distillation_leaves_the_files_of_one_process(distilled_by_two):
    folder, _ = distilled_by_two
    for path in (folder, folder / "teachers" / "benign", folder / "teachers" / "malignant"):
        files = {item.name for item in path.iterdir()} - {"teachers", "teacher_benign.pt", "teacher_malignant.pt"}
        of_student = {"final_checkpoint.pt"} if path == folder else set()  # teachers are not trained further
        assert files == of_student | {
            "model.pt", "last.pt", "command.json", "config.json", "datalist.json", "metrics.json", "metrics.csv",
            "predictions", "tensorboard",
        }  # fmt: skip
        assert len(list((path / "tensorboard").iterdir())) == 2, "training and validation, of the first process alone"
    student, teacher = StuNet(), TeachNet(layers=TEACHER["layers"], features=TEACHER["features"])
    assert set(torch.load(folder / "model.pt", weights_only=True)) == set(student.state_dict())
    assert set(torch.load(folder / "teacher_benign.pt", weights_only=True)) == set(teacher.state_dict())
    assert json.loads((folder / "metrics.json").read_text())["provenance"]["processes"] == 2


def test_its_test_has_every_image_once(distilled_by_two):
    folder, _ = distilled_by_two
    used = json.loads((folder / "datalist.json").read_text())["used"]["test"]
    assert len(used) % 2 == 1
    with (folder / "metrics.csv").open() as file:
        assert [row["image"] for row in csv.DictReader(file)] == used
    assert len(list((folder / "predictions").rglob("*_mask.png"))) == len(used)


def test_its_terms_are_told_once(distilled_by_two):
    _, log = distilled_by_two
    lines = [line for line in log.splitlines() if ", soft_benign " in line]
    assert len(lines) == 2
    for name in ("loss", "hard", "soft_malignant", "teacher_benign", "teacher_malignant"):
        assert all(re.search(rf", {name} \d+\.\d{{4}},", line) for line in lines)
    assert log.count("There is no benign teacher yet") == 1


def test_frozen_teachers_that_are_there(distilled_by_two, phantoms, tmp_path):
    result = run_two(
        "distill.yaml", "multi_gpu_train.json", dataset_dir=phantoms, output_dir=tmp_path / "out", epochs=1,
        teachers_dir=distilled_by_two[0] / "teachers", teacher_mode="frozen", **SMALL,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
    assert ", soft_malignant " in result.stdout
    assert ", teacher_malignant " not in result.stdout
    assert not (tmp_path / "out" / "teacher_malignant.pt").exists()


def test_an_evaluation_has_the_figures_of_one_process(distilled_by_two, phantoms, tmp_path):
    configs = ("train.json", "evaluate.json")
    options = {
        "dataset_dir": phantoms, "ckpt": distilled_by_two[0] / "last.pt", "image_size": 32, "network_def": STUNET,
    }  # fmt: skip
    alone = run(*configs, **options, output_dir=tmp_path / "alone")
    two = run_two(*configs, "multi_gpu_evaluate.json", **options, output_dir=tmp_path / "two")
    assert (alone.returncode, two.returncode) == (0, 0), two.stderr[-3000:]
    assert (tmp_path / "alone" / "metrics.csv").read_text() == (tmp_path / "two" / "metrics.csv").read_text()
    first, second = (json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("alone", "two"))
    assert [metrics.pop("provenance")["processes"] for metrics in (first, second)] == [1, 2]
    assert first == second


def test_a_mistake_that_the_first_finds_ends_both_with_one_line(distilled_by_two, phantoms):
    folder, _ = distilled_by_two
    before = (folder / "model.pt").read_bytes()
    result = run_two("train.json", "multi_gpu_train.json", dataset_dir=phantoms, output_dir=folder, image_size=32)
    assert result.returncode == 1
    errors = [line for line in told(result) if line.startswith("error: ")]
    assert len(errors) == 1
    assert f"--output_dir {folder}: holds a complete run" in errors[0]
    assert "Traceback" not in "\n".join(told(result))
    assert (folder / "model.pt").read_bytes() == before


@pytest.mark.parametrize(
    ("image", "message", "headings"),
    [
        ("{}['no such key']", "KeyError: 'no such key'", 1),
        ("x * float('nan')", "error: --network_def StuNet: the network's output is not finite", 0),
    ],
    ids=["an error", "an output that is not finite"],
)
def test_a_failure_of_the_second_ends_both_with_its_message(image, message, headings, phantoms, tmp_path):
    transform = {"_target_": "Lambdad", "keys": "image", "func": f"$lambda x: {image} if idist.get_rank() == 1 else x"}
    result = run_two(
        "train.json", "multi_gpu_train.json", dataset_dir=phantoms, output_dir=tmp_path / "out", image_size=32,
        network_def=STUNET, **{"train#random_transforms": [transform]},
    )  # fmt: skip
    assert result.returncode == 1
    lines = told(result)
    assert len([line for line in lines if "of 2 failed:" in line]) == headings
    assert len([line for line in lines if line.startswith(message)]) == 1
    assert "Connection closed" not in result.stdout + "\n".join(lines)
    assert not (tmp_path / "out" / "model.pt").exists()
