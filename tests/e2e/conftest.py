# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The real configs on phantoms, with small networks, so that a whole workflow takes seconds."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from scripts.data import make_phantoms
from tests.e2e.bundle import SMALL, run
from tests.once import make_once


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BUSI-shaped folder of 12 benign, 12 malignant and 4 normal phantoms."""
    make = partial(make_phantoms, benign=12, malignant=12, normal=4, size=(96, 112))
    return make_once(tmp_path_factory, "phantoms", make)


@pytest.fixture(scope="session")
def distilled(phantoms: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder and the log of a distillation that trained its teachers first."""

    def distil(folder: Path) -> None:
        options = {"dataset_dir": phantoms, "output_dir": folder / "out", "epochs": 3, **SMALL}
        result = run("distill.yaml", python=sys.executable, **options)
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
        (folder / "log.txt").write_text(result.stdout + result.stderr)

    folder = make_once(tmp_path_factory, "distilled", distil)
    return folder / "out", (folder / "log.txt").read_text()
