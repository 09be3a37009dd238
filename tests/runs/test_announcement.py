# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging

import torch

from scripts.runs.announcement import announce


def test_what_differs_from_the_paper_is_one_line(caplog):
    caplog.set_level(logging.INFO)
    paper, chosen = {"image_size": 512, "epochs": 20}, {"image_size": 96, "epochs": 20}
    announce(paper, chosen, device="cpu", amp=False, memory_format=torch.channels_last)
    assert [record.message for record in caplog.records] == [
        "Settings that differ from the paper: image_size 96 (paper: 512).",
        "Computing on cpu in float32, memory format channels_last.",
    ]
