# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import torch


def one_hot(rows):
    lesion = torch.tensor(rows, dtype=torch.float32)
    return torch.stack([1 - lesion, lesion])
