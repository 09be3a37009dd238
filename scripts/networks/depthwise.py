# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Depthwise convolutions whose gradients a CPU computes quickly."""

from __future__ import annotations

import torch
from torch import nn


class DepthwiseConv2d(nn.Conv2d):
    """A depthwise `Conv2d` that is trained in float32 on a CPU, also under autocast.

    In bfloat16 the gradients of strided and of 5×5 depthwise convolutions come from a reference implementation, ten to
    fifty times slower than float32's, and take most of a training step. Without gradients, and on other devices, it is
    a `Conv2d`.
    """

    @classmethod
    def like(cls, conv: nn.Conv2d) -> DepthwiseConv2d:
        """Return one with the arguments and the very weights of `conv`, whose groups are its channels."""
        same = nn.utils.skip_init(  # which draws no random numbers
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
