# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest

from scripts.errors import InputError
from scripts.runs.trained_settings import check_image_size, check_view, image_size_of, trained_image_size


@pytest.fixture
def weights(tmp_path):
    trained = {"image_size": 64, "view": "cut", "network": "StuNet"}
    datalist = {"name": "BUSI", "num_folds": 2, "training": [], "trained": trained}
    (tmp_path / "datalist.json").write_text(json.dumps(datalist))
    return tmp_path / "model.pt"


def test_the_recorded_size_is_used(weights):
    assert trained_image_size(weights) == 64
    assert image_size_of(weights, default=224) == 64


def test_without_a_record_the_default_is_used_and_this_is_said(tmp_path, caplog):
    assert trained_image_size(tmp_path / "model.pt") is None
    assert image_size_of(tmp_path / "model.pt", default=224) == 224
    assert "was trained at is unknown; using 224" in caplog.text
    check_image_size(tmp_path / "model.pt", 224)


def test_another_size_is_refused(weights):
    check_image_size(weights, 64)
    with pytest.raises(InputError, match="--image_size 224: .*was trained at 64; give --image_size 64"):
        check_image_size(weights, 224)


def test_another_view_is_refused(weights, tmp_path):
    check_view(weights, "cut")
    message = "--mixed_teacher .* was trained on images 'cut', but this config shows it 'whole'; add the overlay"
    with pytest.raises(InputError, match=message):
        check_view(weights, "whole", "--mixed_teacher")
    check_view(tmp_path / "elsewhere" / "model.pt", "whole")  # weights without a record
