# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Select the full-resolution output of networks with deep supervision."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def full_resolution(output: torch.Tensor | Sequence[torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    """Return the full-resolution output of a network with deep supervision.

    From a list (MONAI's BasicUNetPlusPlus) this is the last output with the spatial size of the input; from a stack
    along the second axis (MONAI's DynUNet in training) it is the first.

    Args:
        output: output of the network: a tensor of shape (B, K, spatial...), a list of such tensors, or one of shape
            (B, N, K, spatial...).
        inputs: input of the network, shape (B, C, spatial...).
    """
    if isinstance(output, torch.Tensor):
        return output[:, 0] if output.ndim == inputs.ndim + 1 else output
    full = [each for each in output if each.shape[2:] == inputs.shape[2:]]
    return full[-1] if full else output[-1]
