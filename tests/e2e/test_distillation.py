# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import torch

from scripts.data import make_phantoms
from scripts.networks import StuNet
from tests.e2e.bundle import SMALL, TEACHER, command, run
from tests.paths import ROOT


def test_leaves_student_datalist_and_metrics(distilled):
    folder, _ = distilled
    assert set(torch.load(folder / "model.pt", weights_only=True)) == set(StuNet().state_dict())
    assert set(torch.load(folder / "last.pt", weights_only=True)) == set(StuNet().state_dict())
    assert not (folder / "checkpoint.pt").exists()
    datalist = json.loads((folder / "datalist.json").read_text())
    used, entries = datalist["used"], {entry["image"]: entry for entry in datalist["training"]}
    assert {entries[name]["class"] for name in used["training"]} == {"benign", "malignant"}
    groups = [{entries[name]["group"] for name in used[section]} for section in ("training", "validation", "test")]
    assert all(groups)
    assert sum(map(len, groups)) == len(set.union(*groups))
    metrics = json.loads((folder / "metrics.json").read_text())
    with (folder / "metrics.csv").open() as file:
        assert [row["image"] for row in csv.DictReader(file)] == used["test"]
    assert metrics["images"] == len(used["test"])
    assert {"fold": 0, "seed": 0, "image_size": 32, "epochs": 3, "split": "leak_free"}.items() <= metrics[
        "provenance"
    ].items()
    assert metrics["provenance"]["training_seconds"] > 0
    for name in used["test"]:
        assert (folder / "predictions" / f"{name.removesuffix('.png')}_mask.png").is_file()
    for name in ("benign", "malignant"):
        assert metrics["provenance"]["teachers"][name]["trained"]["trained"] == f"{name} teacher"


def test_teachers_learned_from_their_class_alone(distilled):
    folder, _ = distilled
    for name in ("benign", "malignant"):
        datalist = json.loads((folder / "teachers" / name / "datalist.json").read_text())
        assert {image.split("/")[0] for image in datalist["used"]["training"]} == {name}


def test_finetuned_teachers_are_kept_beside_those_they_were(distilled):
    folder, _ = distilled
    for name in ("benign", "malignant"):
        before = torch.load(folder / "teachers" / name / "model.pt", weights_only=True)
        after = torch.load(folder / f"teacher_{name}.pt", weights_only=True)
        assert not (folder / "teachers" / name / "final_checkpoint.pt").exists()  # gigabytes that nothing reads
        assert before.keys() == after.keys()
        assert any(not torch.equal(before[key], after[key]) for key in before)


def test_every_term_is_logged_by_name(distilled):
    _, log = distilled
    lines = [line for line in log.splitlines() if "soft_benign" in line]
    assert len(lines) == 3
    for name in ("loss", "hard", "soft_benign", "soft_malignant", "teacher_benign", "teacher_malignant"):
        assert all(re.search(rf", {name} \d+\.\d{{4}},", line) for line in lines)


def test_every_line_of_the_log_is_of_the_run(distilled):
    """But for MONAI's warning, before a config is read, that it could run anything; `make .venv` leaves that out."""
    _, log = distilled
    others = [line for line in log.splitlines() if not re.match(r"\d\d:\d\d:\d\d (INFO|WARNING) \S", line)]
    assert others == [] or (len(others) == 2 and "parsing config_file configs/distill.yaml" in others[0])


def test_every_epoch_says_of_which_network_it_is_and_how_far(distilled):
    _, log = distilled
    for name in ("benign teacher", "malignant teacher", "student, distilled"):
        for epoch in (1, 2, 3):
            assert len(re.findall(rf"{name}: training epoch {epoch}/3, loss .*, learning rate 0\.001", log)) == 1
            assert len(re.findall(rf"{name}: validation epoch {epoch}/3, lesion_dice ", log)) == 1
        assert len(re.findall(rf"{name}: test, lesion_dice ", log)) == 1


def test_says_what_it_does(distilled):
    _, log = distilled
    assert "There is no benign teacher yet: training it first" in log
    settings = "image_size 32 (paper: 512), epochs 3 (paper: 20), batch_size 4 (paper: 8)"
    assert f"Settings that differ from the paper: {settings}." in log
    assert "Computing on" in log


@pytest.mark.parametrize("stage", ["teachers/malignant", "."])
def test_killed_and_resumed_it_ends_as_if_nothing_had_happened(stage, distilled, phantoms, tmp_path):
    """Killed as soon as the second teacher, or the student, has finished an epoch."""
    folder, out = distilled[0], tmp_path / "out"
    options = {"dataset_dir": phantoms, "output_dir": out, "epochs": 3, **SMALL}
    process = subprocess.Popen(
        [sys.executable, *command("distill.yaml", **options)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started = time.monotonic()
    while not (out / stage / "checkpoint.pt").exists():
        assert process.poll() is None
        assert time.monotonic() - started < 300
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / stage / "metrics.json").exists()

    refused = run("distill.yaml", **options)
    assert refused.returncode != 0
    assert "holds an unfinished run; continue it with --resume true" in refused.stderr

    resumed = run("distill.yaml", **options, resume=True)
    assert resumed.returncode == 0, resumed.stderr[-3000:]
    assert "Resumed from" in resumed.stdout
    assert "Reusing the benign teacher trained before" in resumed.stdout
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
    assert "Reusing the benign teacher" in result.stdout


def test_teachers_that_have_seen_the_test_images_are_refused(distilled, phantoms, tmp_path):
    folder, _ = distilled
    result = run(
        "distill.yaml", dataset_dir=phantoms, output_dir=tmp_path / "out", epochs=1, fold=2,
        teachers_dir=folder / "teachers", **SMALL,
    )  # fmt: skip
    assert result.returncode == 1
    assert "error: the benign teacher" in result.stderr
    assert "was trained on" in result.stderr


def test_interrupted_it_says_how_to_go_on_and_refuses_other_settings(distilled, phantoms, tmp_path):
    folder, out = distilled[0], tmp_path / "out"
    options = {
        "dataset_dir": phantoms, "output_dir": out, "teachers_dir": folder / "teachers", "teacher_mode": "frozen",
        **SMALL,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, *command("distill.yaml", epochs=50, **options)], cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore:parsing config_file"},
    )  # fmt: skip
    while not (out / "checkpoint.pt").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == -signal.SIGINT  # 130 in a shell
    assert told == f"Interrupted. To resume the training in {out}, repeat the command with --resume true.\n"
    result = run("distill.yaml", epochs=50, resume=True, learning_rate=0.5, **options)
    assert result.returncode == 1
    assert f"--learning_rate 0.5: the run in {out} was started without this option; omit it" in result.stderr


def test_weights_that_somebody_put_there_are_used_and_kept(distilled, phantoms, tmp_path):
    folder, _ = distilled
    for name in ("benign", "malignant"):
        (tmp_path / "given" / name).mkdir(parents=True)
        shutil.copy(folder / "teachers" / name / "model.pt", tmp_path / "given" / name)
    result = run(
        "distill.yaml", dataset_dir=phantoms, output_dir=tmp_path / "out", epochs=1, teacher_mode="frozen",
        teachers_dir=tmp_path / "given", **SMALL,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
    assert "The training images of the benign teacher" in result.stdout
    for name in ("benign", "malignant"):
        before, after = (path / name / "model.pt" for path in (folder / "teachers", tmp_path / "given"))
        assert before.read_bytes() == after.read_bytes()


def test_a_single_mixed_teacher_is_trained_on_both_classes(phantoms, tmp_path):
    result = run(
        "distill.yaml", dataset_dir=phantoms, output_dir=tmp_path / "out", epochs=1, teacher_weights={"mixed": 0.7},
        **{**SMALL, "teacher_defs": {"mixed": TEACHER}},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
    teacher = json.loads((tmp_path / "out" / "teachers" / "mixed" / "metrics.json").read_text())["provenance"]
    assert (teacher["trained"], teacher["classes"]) == ("mixed teacher", ["benign", "malignant"])
    assert "soft_mixed " in result.stdout
    assert "soft_benign " not in result.stdout
    assert not (tmp_path / "out" / "teachers" / "benign").exists()


def test_unlabelled_images_teach_too(distilled, phantoms, tmp_path):
    """Images without annotation are listed, taught from, and refused where they are held-out images."""
    folder, _ = distilled
    archive = make_phantoms(tmp_path / "archive", benign=3, malignant=2, normal=1, size=(96, 112), seed=5)
    options = {
        "dataset_dir": phantoms, "output_dir": tmp_path / "out", "teachers_dir": folder / "teachers", "epochs": 2,
        "unlabelled_dir": archive, "unlabelled_ratio": 0.5, **SMALL,
    }  # fmt: skip
    result = run("distill.yaml", **options)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    assert "6 unlabelled" in result.stderr + result.stdout
    assert len(json.loads((tmp_path / "out" / "datalist.json").read_text())["used"]["unlabelled"]) == 6
    provenance = json.loads((tmp_path / "out" / "metrics.json").read_text())["provenance"]
    assert (provenance["unlabelled_images"], provenance["unlabelled_ratio"]) == (6, 0.5)
    again = run("distill.yaml", **{**options, "unlabelled_dir": phantoms, "output_dir": tmp_path / "other"})
    assert again.returncode != 0
    error = [line for line in again.stderr.splitlines() if line.startswith("error: ")]
    assert len(error) == 1 and "of its images show the same frame as a held-out image" in error[0]
    assert not list((tmp_path / "other").glob("*"))


def test_the_teacher_of_ones_own_in_the_documentation(phantoms, tmp_path):
    """Its overlay trains the teacher, distils from it, and takes its weights the next time."""
    text = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    overlay = tmp_path / "big.yaml"
    overlay.write_text(text.partition("## A teacher of your own")[2].partition("```yaml\n")[2].partition("```")[0])

    def distil(name, **options):
        options = {"dataset_dir": phantoms, "output_dir": tmp_path / name, "epochs": 1, "image_size": 32, **options}
        small = {"teacher_defs#big#features": [4] * 6}
        result = run("distill.yaml", os.path.relpath(overlay, ROOT / "configs"), **small, **options)
        assert result.returncode == 0, result.stderr
        assert (tmp_path / name / "model.pt").is_file()
        return tmp_path / name / "teachers" / "big" / "model.pt"

    trained = distil("first")
    assert trained.is_file()
    assert not distil("second", big_teacher=trained).exists()
