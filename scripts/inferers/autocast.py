# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run a network under bfloat16 autocast if the device supports it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import torch
from monai.inferers import SimpleInferer
from monai.utils import convert_to_tensor

from ..errors import NOT_FINITE, InputError
from .outputs import full_resolution

logger = logging.getLogger(__name__)


def has_bfloat16(device: str | torch.device) -> bool:
    """Return whether `device` supports bfloat16 in hardware; emulated bfloat16 is slower than float32."""
    device = torch.device(device)
    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return False


class AutocastInferer(SimpleInferer):
    """`SimpleInferer` under bfloat16 autocast, on the device of the images.

    MONAI's ``amp`` of trainers and evaluators is only for CUDA. bfloat16 has the range of float32, so training needs no
    gradient scaler. Losses and metrics are computed outside autocast, on a float32 output.

    Args:
        amp: whether to use bfloat16 if the device supports it in hardware; otherwise float32.

    Example:
        >>> import torch
        >>> from scripts.inferers import AutocastInferer
        >>> from scripts.networks import StuNet
        >>> AutocastInferer()(torch.rand(1, 1, 16, 16), StuNet(features=(4, 8))).dtype
        torch.float32
    """

    def __init__(self, amp: bool = True) -> None:
        super().__init__()
        self.amp = amp

    def __call__(
        self, inputs: torch.Tensor, network: Callable[..., torch.Tensor], *args: Any, **kwargs: Any
    ) -> torch.Tensor:
        """Return the network's output for `inputs` of shape (B, C, spatial...) as a plain float32 tensor.

        Raises:
            InputError: the output is not finite, but for training, where `scripts.handlers.LossMonitor` tells when.
        """
        inputs = convert_to_tensor(inputs, track_meta=False)  # metadata would slow down every layer
        amp = self.amp and has_bfloat16(inputs.device)
        with torch.autocast(inputs.device.type, dtype=torch.bfloat16, enabled=amp):
            output = super().__call__(inputs, network, *args, **kwargs)
        output = full_resolution(output, inputs).float()
        if not torch.is_grad_enabled() and not output.isfinite().all():
            raise InputError(NOT_FINITE)
        return output
