# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's command, with networks so small that a whole workflow takes seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.paths import ROOT
from tests.warm_python import warm_python

TEACHER = {"_target_": "scripts.networks.TeachNet", "layers": [1, 1, 1, 1], "features": [8, 16, 32, 64]}
SMALL = {
    "image_size": 32,
    "batch_size": 4,
    "teacher_defs": {"benign": TEACHER, "malignant": TEACHER},
}


def command(*configs: str, **options: object) -> list[str]:
    """The words after ``python``: ``-m monai.bundle run`` with configs of this bundle and ``--key value`` options."""
    files = [f"configs/{name}" for name in configs]
    words = ["-m", "monai.bundle", "run", "--config_file", files[0] if len(files) == 1 else str(files)]
    for key, value in options.items():
        words += [f"--{key}", str(value)]
    return words


def run(*configs: str, python: str | None = None, **options: object) -> subprocess.CompletedProcess:
    """Run to the end with `python`, else `warm_python()`; output captured."""
    return subprocess.run(
        [python or warm_python(), *command(*configs, **options)],
        cwd=ROOT,
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
