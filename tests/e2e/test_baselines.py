# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import importlib.util
import json

import pytest

from tests.e2e.bundle import run


def test_train_a_baseline_then_evaluate_it(phantoms, tmp_path):
    small = {"network_def#features": [4, 8], "image_size": 32, "dataset_dir": phantoms}
    overlaid = ("train.json", "baselines/unet_plus_plus.yaml")
    trained = run(*overlaid, epochs=1, batch_size=4, output_dir=tmp_path / "trained", **small)
    assert trained.returncode == 0, trained.stderr[-3000:]
    provenance = json.loads((tmp_path / "trained" / "metrics.json").read_text())["provenance"]
    assert (provenance["trained"], provenance["network"]) == ("U-Net++", "UNetPlusPlus")
    evaluated = run(
        *overlaid, "evaluate.json", ckpt=tmp_path / "trained" / "model.pt", output_dir=tmp_path / "evaluated", **small
    )
    assert evaluated.returncode == 0, evaluated.stderr[-3000:]
    provenance = json.loads((tmp_path / "evaluated" / "metrics.json").read_text())["provenance"]
    assert provenance["evaluated"] == "UNetPlusPlus"
    assert "trained" not in provenance
    first, again = ((tmp_path / name / "metrics.csv").read_text() for name in ("trained", "evaluated"))
    assert first == again


@pytest.mark.skipif(importlib.util.find_spec("segmentation_models_pytorch") is not None, reason="it is installed")
def test_a_library_that_is_not_installed_is_one_line_and_a_failure(phantoms, tmp_path):
    result = run(
        "train.json", "baselines/smp_mobilenet_v2.yaml", dataset_dir=phantoms, image_size=32, epochs=1,
        output_dir=tmp_path / "out",
    )  # fmt: skip
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert (
        "needs segmentation_models_pytorch: python -m pip install -r requirements-smp.txt in a separate environment"
        in errors[0]
    )
    assert "Traceback" not in result.stderr + result.stdout
    assert not (tmp_path / "out" / "model.pt").exists()
