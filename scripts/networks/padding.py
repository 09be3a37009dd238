# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Any image size for networks that halve it several times."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def pad_to_multiple(x: torch.Tensor, multiple: int) -> torch.Tensor:
    """Repeat the last rows and columns of `x` until every spatial size is a multiple of `multiple`.

    Repeated borders, not zeros: a black frame would look like the shadow at the edge of a scan. TorchScript can
    compile it, so that exported networks take any size too.

    Args:
        x: tensor of shape (B, C, spatial...).
        multiple: positive integer.

    Returns:
        `x` itself when nothing is missing, else a larger tensor with `x` in its first corner.
    """
    pad: list[int] = []
    missing = 0
    for dim in range(x.dim() - 1, 1, -1):
        extra = (multiple - x.shape[dim] % multiple) % multiple
        missing += extra
        pad += [0, extra]
    return F.pad(x, pad, mode="replicate") if missing > 0 else x


def crop_like(y: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Cut `y` (B, C', spatial...) back to the spatial size of `x` (B, C, spatial...), undoing `pad_to_multiple`."""
    for dim in range(2, x.dim()):
        y = y.narrow(dim, 0, x.shape[dim])
    return y
