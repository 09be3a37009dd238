# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The configs for several GPUs, by two processes on a CPU."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess

import pytest
import torch

from tests.e2e.conftest import ROOT, SMALL, command, run

OPTIONS = {**SMALL, "image_size": 64}  # a process may have one image, whose features must be more than one pixel
STUNET = {"_target_": "scripts.networks.StuNet", "features": [8, 8, 8, 8, 8]}


def run_processes(*configs, **options):
    python, *words = command(*configs, **options)
    launch = [python, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    return subprocess.run(
        launch + words, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )


@pytest.fixture(scope="module")
def distilled_by_two(phantoms, tmp_path_factory):
    folder = tmp_path_factory.mktemp("two") / "out"
    result = run_processes(
        "distill.yaml", "multi_gpu_distill.json", dataset_dir=phantoms, output_dir=folder, epochs=1,
        network_def=STUNET, **OPTIONS,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-5000:]
    return folder, result.stdout + result.stderr


def errors(result):
    """The lines that tell a mistake, before which PyTorch puts the process that says them."""
    return [line for line in result.stderr.splitlines() if re.match(r"(\[rank\d\]: )?error: ", line)]


def rows(folder):
    with (folder / "metrics.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_distillation_trains_teachers_and_student(distilled_by_two):
    folder, log = distilled_by_two
    (terms,) = (line for line in log.splitlines() if "hard:" in line and "Epoch[1]" in line)
    for name in ("loss", "soft_benign", "soft_malignant", "teacher_benign", "teacher_malignant"):
        assert f"{name}:" in terms
    assert log.count("Complete: ") == 3, "each run is closed once"
    for name in ("model.pt", "last.pt", "teacher_benign.pt", "teachers/malignant/model.pt"):
        weights = torch.load(folder / name, weights_only=True)
        assert not any(key.startswith("module.") for key in weights), name
    assert not [path for path in folder.rglob("*") if "partial" in path.name or path.name == "checkpoint.pt"]
    assert json.loads((folder / "metrics.json").read_text())["provenance"]["processes"] == 2


def test_an_evaluation_gives_the_figures_of_one_process(distilled_by_two, phantoms, tmp_path):
    """Of an odd number of images."""
    folder, _ = distilled_by_two
    options = {
        "dataset_dir": phantoms, "ckpt": folder / "last.pt", "image_size": 64, "network_def": STUNET,
        "whole_dataset": True, "classes": ["benign", "malignant", "normal"], "num_folds": 4, "amp": False,
    }  # fmt: skip
    evaluation = ("train.json", "evaluate.json")
    alone = run(*evaluation, output_dir=tmp_path / "one", **options)
    assert alone.returncode == 0, alone.stderr[-3000:]
    shared = run_processes(*evaluation, "multi_gpu_evaluate.json", output_dir=tmp_path / "two", **options)
    assert shared.returncode == 0, shared.stderr[-3000:]
    one, two = rows(tmp_path / "one"), rows(tmp_path / "two")
    assert [row["image"] for row in one] == [row["image"] for row in two]
    assert one == two
    figures = [json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("one", "two")]
    assert figures[0].pop("provenance")["processes"] == 1
    assert figures[1].pop("provenance")["processes"] == 2
    assert figures[0] == figures[1]
    assert len(list((tmp_path / "two" / "predictions").rglob("*.png"))) == len(one)


def test_frozen_teachers(distilled_by_two, phantoms, tmp_path):
    result = run_processes(
        "distill.yaml", "multi_gpu_distill.json", dataset_dir=phantoms, output_dir=tmp_path / "out", epochs=1,
        network_def=STUNET, teacher_mode="frozen", teachers_dir=distilled_by_two[0] / "teachers", **OPTIONS,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-5000:]
    assert (tmp_path / "out" / "model.pt").is_file()
    assert not (tmp_path / "out" / "teacher_benign.pt").exists()


def test_a_mistake_ends_all_and_is_told_once(distilled_by_two, phantoms):
    folder, _ = distilled_by_two
    before = (folder / "model.pt").read_bytes()
    result = run_processes("distill.yaml", "multi_gpu_distill.json", dataset_dir=phantoms, output_dir=folder, **OPTIONS)
    assert result.returncode != 0
    (told,) = errors(result)
    assert str(folder) in told
    assert (folder / "model.pt").read_bytes() == before


def test_a_failure_in_one_process_ends_all(phantoms, tmp_path):
    result = run_processes(
        "train.json", "multi_gpu_train.json", dataset_dir=phantoms, output_dir=tmp_path / "out",
        weight_decay="$-float(os.environ['RANK'])", image_size=64, batch_size=4,
    )  # fmt: skip
    assert result.returncode != 0
    (told,) = errors(result)
    assert "weight_decay -1.0" in told


def test_without_torchrun(phantoms, tmp_path):
    result = run("train.json", "multi_gpu_train.json", dataset_dir=phantoms, output_dir=tmp_path / "out")
    assert result.returncode == 1
    assert "torchrun" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()
