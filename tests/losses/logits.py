# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import torch


def logits_of(probability: torch.Tensor) -> torch.Tensor:
    """Two-class logits (B, 2, ...) whose softmax gives `probability` (B, ...) to class 1."""
    return torch.stack([torch.log(1 - probability), torch.log(probability)], dim=1)
