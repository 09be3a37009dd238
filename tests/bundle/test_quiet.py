# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging
import warnings

import pytest
import torch
from monai.data import NvImgCodecPydicomReader
from monai.metrics import compute_surface_dice
from monai.transforms import LoadImage

from scripts.bundle.quiet import silence_monai

NOTES = "monai.data.nvimgcodec_pydicom_plugin"


@pytest.fixture
def heard(caplog):
    """A function that returns what is warned of and logged while another runs."""
    logger, level = logging.getLogger(NOTES), logging.getLogger(NOTES).level

    def heard(function):
        caplog.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            silence_monai()
            function()
        return [str(warning.message) for warning in caught] + [record.getMessage() for record in caplog.records]

    yield heard
    logger.setLevel(level)


def test_what_a_user_can_do_nothing_about_is_left_out(heard):
    pytest.importorskip("pydicom")
    with pytest.warns(UserWarning, match="nvImageCodec"):
        NvImgCodecPydicomReader()
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 2:5, 2:5] = 1
    with pytest.warns(FutureWarning, match="get_mask_edges"):
        compute_surface_dice(mask, mask, [1.0], include_background=True)

    def monai():
        LoadImage()
        compute_surface_dice(mask, mask, [1.0], include_background=True)

    assert heard(monai) == []


def test_all_else_is_told(heard):
    def others():
        warnings.warn("of the user's own code", UserWarning, stacklevel=1)
        warnings.warn("of another future", FutureWarning, stacklevel=1)
        logging.getLogger("monai.data").warning("of another module")
        logging.getLogger(NOTES).error("a decoder has failed")

    assert heard(others) == [
        "of the user's own code",
        "of another future",
        "of another module",
        "a decoder has failed",
    ]
