# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Depthwise convolutions with fast gradients on a CPU."""

from __future__ import annotations

import torch
from torch import nn


class DepthwiseConv2d(nn.Conv2d):
    """A depthwise `Conv2d` that computes in float32 when it is trained on a CPU, even under autocast.

    In bfloat16 PyTorch computes the gradients of strided and of 5×5 depthwise convolutions by a reference
    implementation, 10 to 50 times slower than in float32. Without gradients, and on other devices, this is `Conv2d`.
    """

    @classmethod
    def like(cls, conv: nn.Conv2d) -> DepthwiseConv2d:
        """Return a `DepthwiseConv2d` with the arguments of `conv` that shares its weights."""
        same = nn.utils.skip_init(  # does not use the random number generator
            cls,
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size,
            stride=conv.stride,
            padding=conv.padding,
            dilation=conv.dilation,
            groups=conv.groups,
            bias=conv.bias is not None,
        )
        same.weight, same.bias = conv.weight, conv.bias
        return same

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Convolve `input` of shape (B, C, H, W)."""
        if not torch.jit.is_scripting():
            if input.device.type == "cpu" and torch.is_grad_enabled() and torch.is_autocast_enabled("cpu"):
                with torch.autocast("cpu", enabled=False):
                    return self._conv_forward(input.float(), self.weight, self.bias)
        return self._conv_forward(input, self.weight, self.bias)
