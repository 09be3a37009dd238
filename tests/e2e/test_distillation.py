# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time

import torch

from scripts.networks import StuNet
from tests.e2e.conftest import ROOT, SMALL, command, run


def test_leaves_student_datalist_and_metrics(distilled):
    folder, _ = distilled
    assert set(torch.load(folder / "model.pt", weights_only=True)) == set(StuNet().state_dict())
    assert set(torch.load(folder / "last.pt", weights_only=True)) == set(StuNet().state_dict())
    assert not (folder / "checkpoint.pt").exists()
    datalist = json.loads((folder / "datalist.json").read_text())
    assert {entry["class"] for entry in datalist["training"]} == {"benign", "malignant"}
    sections = [{entry["group"] for entry in datalist[name]} for name in ("training", "validation", "test")]
    assert all(sections)
    assert sum(map(len, sections)) == len(set.union(*sections))
    metrics = json.loads((folder / "metrics.json").read_text())
    with (folder / "metrics.csv").open() as file:
        assert [row["image"] for row in csv.DictReader(file)] == [entry["image"] for entry in datalist["test"]]
    assert metrics["images"] == len(datalist["test"])
    assert {"fold": 0, "seed": 0, "image_size": 32, "epochs": 3, "split": "leak_free"}.items() <= metrics[
        "provenance"
    ].items()
    assert metrics["provenance"]["training_seconds"] > 0
    for entry in datalist["test"]:
        assert (folder / "predictions" / f"{entry['image'].removesuffix('.png')}_mask.png").is_file()


def test_teachers_learned_from_their_class_alone(distilled):
    folder, _ = distilled
    for name in ("benign", "malignant"):
        datalist = json.loads((folder / "teachers" / name / "datalist.json").read_text())
        assert {entry["class"] for entry in datalist["training"]} == {name}


def test_every_term_is_logged_by_name(distilled):
    _, log = distilled
    lines = [line for line in log.splitlines() if "soft_benign" in line]
    assert len(lines) == 3
    for name in ("loss", "hard", "soft_benign", "soft_malignant", "teacher_benign", "teacher_malignant"):
        assert all(f"{name}: " in line for line in lines)


def test_says_what_it_does(distilled):
    _, log = distilled
    assert "There is no benign teacher yet: it is trained first" in log
    assert "Not the paper's settings: image_size 32 (paper: 512), epochs 3 (paper: 20), batch_size 4 (paper: 8)." in log
    assert "Computing on" in log


def test_killed_and_resumed_it_ends_as_if_nothing_had_happened(distilled, phantoms, tmp_path):
    """Killed as soon as the student has finished an epoch; teachers and student go on where they were."""
    folder, out = distilled[0], tmp_path / "out"
    options = {"dataset_dir": phantoms, "output_dir": out, "epochs": 3, **SMALL}
    process = subprocess.Popen(
        command("distill.yaml", **options), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    started = time.monotonic()
    while not (out / "checkpoint.pt").exists():
        assert process.poll() is None
        assert time.monotonic() - started < 300
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "metrics.json").exists()

    refused = run("distill.yaml", **options)
    assert refused.returncode != 0
    assert "holds an unfinished run; go on with --resume true" in refused.stderr

    resumed = run("distill.yaml", **options, resume=True)
    assert resumed.returncode == 0, resumed.stderr[-3000:]
    assert "Resumed from" in resumed.stdout
    assert "The benign teacher was trained before and is used again" in resumed.stdout
    whole, parts = (torch.load(path / "model.pt", weights_only=True) for path in (folder, out))
    assert all(torch.equal(whole[key], parts[key]) for key in whole)
    first, second = (json.loads((path / "metrics.json").read_text()) for path in (folder, out))
    assert {k: v for k, v in first.items() if k != "provenance"} == {
        k: v for k, v in second.items() if k != "provenance"
    }


def test_into_a_network_that_is_not_ours(distilled, phantoms, tmp_path):
    folder, _ = distilled
    student = {"_target_": "BasicUNet", "spatial_dims": 2, "in_channels": 1, "out_channels": 2, "features": [4] * 6}
    result = run(
        "distill.yaml", dataset_dir=phantoms, output_dir=tmp_path / "out", epochs=1, network_def=student,
        teachers_dir=folder / "teachers", teacher_mode="frozen", **SMALL,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert metrics["provenance"]["network"] == "BasicUNet"
    assert "is used again" in result.stdout


def test_teachers_that_have_seen_the_test_images_are_refused(distilled, phantoms, tmp_path):
    folder, _ = distilled
    result = run(
        "distill.yaml", dataset_dir=phantoms, output_dir=tmp_path / "out", epochs=1, fold=2,
        teachers_dir=folder / "teachers", **SMALL,
    )  # fmt: skip
    assert result.returncode == 1
    assert "has learned from" in result.stderr
