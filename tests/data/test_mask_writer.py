# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from monai.bundle import ConfigParser
from monai.data import MetaTensor
from monai.transforms import SaveImage
from PIL import Image

from scripts.data import SaveLesionMaskd
from scripts.data.mask_writer import MaskWriter
from scripts.errors import find_input_error
from tests.paths import ROOT


def of_an_evaluation(images, masks):
    return SaveLesionMaskd("pred", output_dir=masks, data_root_dir=images)


def of_inference(images, masks):
    config = json.loads((ROOT / "configs/inference.json").read_text())
    config = {**config["postprocessing"]["transforms"][-1], "output_dir": str(masks), "data_root_dir": str(images)}
    return ConfigParser({"save": config}).get_parsed_content("save")


@pytest.fixture(params=[of_an_evaluation, of_inference])
def save(request, tmp_path):
    """A function that saves a mask of a value for the image a.png."""
    transform = request.param(tmp_path / "images", tmp_path / "masks")
    channels = 2 if request.param is of_an_evaluation else 1

    def save(value, size=(40, 30)):
        image = {"filename_or_obj": str(tmp_path / "images" / "a.png")}
        transform({"pred": MetaTensor(torch.full((channels, *size), float(value)), meta=image)})

    return save


def test_a_full_disk_is_one_line_and_keeps_the_former_mask(save, tmp_path, monkeypatch):
    save(1)
    path = tmp_path / "masks" / "a_mask.png"
    former = np.asarray(Image.open(path))
    assert former.shape == (30, 40) and former.min() == 255

    def half(picture, file, **_):
        with open(file, "wb") as opened:
            opened.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", half)
    with pytest.raises(RuntimeError) as caught:
        save(0)
    assert str(find_input_error(caught.value)) == f"{path}: cannot be written: No space left on device"
    assert np.array_equal(np.asarray(Image.open(path)), former)
    assert [each.name for each in path.parent.iterdir()] == ["a_mask.png"]


@pytest.mark.parametrize("size", [(40, 1), (1, 30), (1, 1)])
def test_a_mask_that_is_a_pixel_high_or_wide(save, tmp_path, size):
    save(1, size)
    mask = np.asarray(Image.open(tmp_path / "masks" / "a_mask.png"))
    assert mask.shape == size[::-1] and mask.min() == 255


def test_the_log_names_the_file_that_is_there_afterwards(tmp_path, caplog):
    with caplog.at_level("INFO", "monai.data.image_writer"):
        save = SaveImage(tmp_path, "mask", ".png", writer=MaskWriter, separate_folder=False, print_log=True)
        save(torch.zeros(1, 40, 30), meta_data={"filename_or_obj": "a.png"})
    assert caplog.messages == [f"writing: {tmp_path}/a_mask.png"]
