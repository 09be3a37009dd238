# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import torch


class Recorder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 2, 1)
        self.seen = None

    def forward(self, x):
        self.seen = x
        y = self.conv(x)
        self.computed = y.dtype
        return y
