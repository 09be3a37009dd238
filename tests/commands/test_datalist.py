# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts datalist``, as its user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import scripts.data
from scripts.__main__ import main
from tests.paths import ROOT
from tests.warm_python import warm_python


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """BUSI in small: eight benign images, the last a copy of the first, and four malignant ones."""
    draw = np.random.default_rng(0)
    for label_class, count in (("benign", 8), ("malignant", 4)):
        folder = tmp_path / "data" / label_class
        folder.mkdir(parents=True)
        for number in range(1, count + 1):
            coarse = Image.fromarray(draw.integers(0, 256, (16, 16), np.uint8))
            coarse.resize((128, 96), Image.Resampling.BICUBIC).save(folder / f"{label_class} ({number}).png")
            mask = np.zeros((96, 128), np.uint8)
            mask[30:60, 40:80] = 255
            Image.fromarray(mask).save(folder / f"{label_class} ({number})_mask.png")
    first = tmp_path / "data/benign/benign (1).png"
    first.with_name("benign (8).png").write_bytes(first.read_bytes())
    return tmp_path / "data"


def command(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a verb in a process of its own, from another folder than the repository's."""
    return subprocess.run(
        [warm_python(), "-m", "scripts", *map(str, words)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cwd / "cache")},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_datalist(dataset: Path) -> None:
    words = ("datalist", "--dataset_dir", "data", "--num_folds", 4, "--output", "out/datalist.json", "--seed", 3)
    done = command(*words, cwd=dataset.parent)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["fold", "images", "benign", "malignant"]
    assert lines[5].split() == ["all", "12", "8", "(66.7%)", "4", "(33.3%)"]
    assert lines[6].startswith("11 groups; 2 images share a group") and lines[6].endswith(
        "0 groups are split between folds"
    )
    assert lines[7] == f"written to {Path('out/datalist.json')}"
    datalist = json.loads((dataset.parent / "out/datalist.json").read_text(encoding="utf-8"))
    assert (datalist["num_folds"], datalist["seed"], datalist["split"]) == (4, 3, "leak_free")
    twins = [datalist["training"][0], datalist["training"][7]]
    assert twins[0]["group"] == twins[1]["group"] and twins[0]["fold"] == twins[1]["fold"]


def test_mistake_is_one_line_and_status_2(tmp_path: Path) -> None:
    done = command("datalist", "--dataset_dir", "nowhere", "--output", "a.json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "error: nowhere: no such folder\n")


def test_help_lists_the_verb_and_is_light(tmp_path: Path) -> None:
    done = command("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "datalist" in done.stdout
    light = "import sys, scripts.__main__ as m\ntry: m.main(['-h'])\nfinally: assert 'numpy' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", light], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def run(dataset: Path, *words: str) -> int:
    return main(["datalist", "--dataset_dir", str(dataset), "--output", str(dataset / "datalist.json"), *words])


def test_keeps_an_output_unless_told(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    entry = {"image": "a.png", "label": [], "class": "normal", "fold": 0, "group": 0}
    datalist = {"num_folds": 2, "classes": {"normal": 2}, "training": [entry, entry | {"image": "b.png", "fold": 1}]}
    monkeypatch.setattr(scripts.data, "build_datalist", lambda *arguments: datalist)
    assert run(dataset) == 0
    assert "1 groups are split between folds" in capsys.readouterr().out
    (dataset / "datalist.json").write_text("mine")
    assert run(dataset) == 2
    assert "datalist.json: exists; give --overwrite" in capsys.readouterr().err
    assert (dataset / "datalist.json").read_text() == "mine"
    assert run(dataset, "--overwrite") == 0
    assert json.loads((dataset / "datalist.json").read_text()) == datalist


def test_output_is_a_folder(dataset: Path, capsys: pytest.CaptureFixture) -> None:
    (dataset / "datalist.json").mkdir()
    assert run(dataset, "--overwrite") == 2
    assert "is a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--num_folds", "1"), "error: --num_folds 1: must be at least 2\n"),
        (("--num_folds", "13"), "error: --num_folds 13: too many folds for 12 images"),
        (("--seed", "-1"), "error: --seed -1: must be at least 0\n"),
    ],
)
def test_values_out_of_range(
    dataset: Path, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture
) -> None:
    assert run(dataset, *words) == 2
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize("words", [("--num_folds", "many"), ("--split", "naive"), ("--nothing",)])
def test_argparse_keeps_its_own_form(dataset: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as caught:
        run(dataset, *words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m scripts")


def test_interruption_is_quiet(dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scripts.data, "build_datalist", interrupt)
    assert run(dataset) == 130
    assert capsys.readouterr() == ("", "")
