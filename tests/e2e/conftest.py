# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The real configs on phantoms, with small networks, so that a whole workflow takes seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.data import make_phantoms
from tests.e2e.bundle import SMALL, run


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
