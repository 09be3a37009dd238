# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scripts.__main__ import main
from tests.once import make_once


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """The bundle's network as an ONNX file."""
    pytest.importorskip("onnxruntime", reason="needs requirements-onnx.txt")

    def make(folder):
        assert main(["export", "--output", str(folder / "model.onnx"), "--device", "cpu"]) == 0

    return make_once(tmp_path_factory, "exported", make) / "model.onnx"
