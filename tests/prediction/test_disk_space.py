# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A prediction that would fill the disk is refused before it starts."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from PIL import Image

from scripts.errors import InputError
from tests.prediction.batches import ellipse, scene

SHAPE = (300, 400)


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(6):
        grey = scene(ellipse(SHAPE, (150, 200), (60, 90)), number)
        Image.fromarray(grey).save(folder / f"{number}.png")
    (folder / "damaged.png").write_bytes(b"x")
    return folder


def test_what_has_no_room_is_refused_and_leaves_nothing(predict, images, tmp_path, monkeypatch):
    free = 6 * 0.2 * SHAPE[0] * SHAPE[1]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(
        InputError, match=r"--output_dir .*: the results of 7 files take about 0.2 MB or more, and 0.1 MB"
    ):
        predict(images)
    assert not list((tmp_path / "out").iterdir())


def test_the_estimate_is_below_what_is_written(predict, images, tmp_path, monkeypatch):
    predict(images)
    written = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=written))
    shutil.rmtree(tmp_path / "out")
    predict(images)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    predict(images, overwrite=True)  # what is there makes room
    predict(images, resume=True)
