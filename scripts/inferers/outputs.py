# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The one prediction of networks with several outputs."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def full_resolution(output: torch.Tensor | Sequence[torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    """Return the output of full resolution of a network with deep supervision.

    A list (MONAI's BasicUNetPlusPlus) gives the last of its outputs that have the spatial size of the input, the one
    that all others lead to; a stack along a second axis (MONAI's DynUNet while training) gives the first, as there.

    Args:
        output: of a network: a tensor of shape (B, K, spatial...), a list of such, or (B, N, K, spatial...).
        inputs: what it was given, shape (B, C, spatial...).
    """
    if isinstance(output, torch.Tensor):
        return output[:, 0] if output.ndim == inputs.ndim + 1 else output
    full = [each for each in output if each.shape[2:] == inputs.shape[2:]]
    return full[-1] if full else output[-1]
