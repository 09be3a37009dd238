# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from scripts.errors import InputError
from scripts.networks import smp_unet


def test_the_other_library_is_asked_in_its_own_words(monkeypatch):
    library = SimpleNamespace(Unet=lambda encoder_name, **kwargs: (encoder_name, kwargs))
    monkeypatch.setitem(sys.modules, "segmentation_models_pytorch", library)
    expected = {"encoder_weights": None, "in_channels": 1, "classes": 3}
    assert smp_unet(out_channels=3) == ("mobilenet_v2", expected)


def test_another_library_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "segmentation_models_pytorch", None)
    with pytest.raises(InputError, match="needs segmentation_models_pytorch: python -m pip install"):
        smp_unet()
