# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The real configs on phantoms, with small networks, so that a whole workflow takes seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.data import make_phantoms

ROOT = Path(__file__).parents[2]
TEACHER = {"_target_": "scripts.networks.TeachNet", "layers": [1, 1, 1, 1], "features": [8, 16, 32, 64]}
SMALL = {
    "image_size": 32,
    "batch_size": 4,
    "teacher_defs": {"benign": TEACHER, "malignant": TEACHER},
}


def command(*configs: str, **options: object) -> list[str]:
    """``python -m monai.bundle run`` with configs of this bundle and ``--key value`` options."""
    files = [f"configs/{name}" for name in configs]
    words = [sys.executable, "-m", "monai.bundle", "run", "--config_file", files[0] if len(files) == 1 else str(files)]
    for key, value in options.items():
        words += [f"--{key}", str(value)]
    return words


def run(*configs: str, cwd: Path = ROOT, **options: object) -> subprocess.CompletedProcess:
    """Run to the end, output captured."""
    return subprocess.run(
        command(*configs, **options),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


def copy_bundle(folder: Path) -> Path:
    """Copy what an application needs of the bundle, and put a second weights file beside its own."""
    for name in ("configs", "models", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(folder / "models" / "model.pt", folder / "models" / "teacher_benign.pt")
    return folder


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BUSI-shaped folder of 12 benign, 12 malignant and 4 normal phantoms."""
    return make_phantoms(
        tmp_path_factory.mktemp("data") / "phantoms", benign=12, malignant=12, normal=4, size=(96, 112)
    )


@pytest.fixture(scope="session")
def distilled(phantoms: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder and the log of a distillation that trained its teachers first."""
    folder = tmp_path_factory.mktemp("distilled") / "out"
    result = run("distill.yaml", dataset_dir=phantoms, output_dir=folder, epochs=3, **SMALL)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return folder, result.stdout + result.stderr
