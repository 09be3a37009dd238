# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Pad images to a multiple of a number, and crop outputs back, so that networks accept any image size."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def pad_to_multiple(x: torch.Tensor, multiple: int) -> torch.Tensor:
    """Pad `x` by repeating its last rows and columns until every spatial size is a multiple of `multiple`.

    Zeros would look like the shadow at the edge of a scan. TorchScript can compile this function, so exported networks
    accept any size, too.

    Args:
        x: tensor of shape (B, C, spatial...).
        multiple: positive integer.

    Returns:
        `x` itself if its sizes are multiples, else a larger tensor that starts with `x`.
    """
    pad: list[int] = []
    missing = 0
    for dim in range(x.dim() - 1, 1, -1):
        extra = (multiple - x.shape[dim] % multiple) % multiple
        missing += extra
        pad += [0, extra]
    return F.pad(x, pad, mode="replicate") if missing > 0 else x


def crop_like(y: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Crop `y` (B, C', spatial...) to the spatial size of `x` (B, C, spatial...): the inverse of `pad_to_multiple`."""
    for dim in range(2, x.dim()):
        y = y.narrow(dim, 0, x.shape[dim])
    return y
