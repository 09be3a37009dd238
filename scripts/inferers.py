# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How a network is run on a batch: in which precision, and at which size."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from monai.inferers import Inferer, SimpleInferer
from monai.utils import convert_to_tensor, ensure_tuple_rep

from scripts.errors import InputError

logger = logging.getLogger(__name__)


def has_bfloat16(device: str | torch.device) -> bool:
    """Whether `device` computes in bfloat16 itself; elsewhere bfloat16 works, but slower than float32."""
    device = torch.device(device)
    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return False


class AutocastInferer(SimpleInferer):
    """`SimpleInferer` under bfloat16 autocast, on whichever device the images are.

    MONAI's ``amp`` of trainers and evaluators is for CUDA alone. bfloat16 has float32's range, so training needs no
    gradient scaler. Losses and metrics see the network's output after autocast has ended.

    Args:
        amp: False runs in float32. True uses bfloat16 where the device has it, else float32.
    """

    def __init__(self, amp: bool = True) -> None:
        super().__init__()
        self.amp = amp

    def __call__(
        self, inputs: torch.Tensor, network: Callable[..., torch.Tensor], *args: Any, **kwargs: Any
    ) -> torch.Tensor:
        """Return the network's output for `inputs` of shape (B, C, spatial...) as a plain float32 tensor."""
        inputs = convert_to_tensor(inputs, track_meta=False)  # metadata costs time in every layer
        amp = self.amp and has_bfloat16(inputs.device)
        with torch.autocast(inputs.device.type, dtype=torch.bfloat16, enabled=amp):
            output = super().__call__(inputs, network, *args, **kwargs)
        return output.float()


class ResizedInferer(Inferer):
    """Show a network the images at another size and bring its logits back: a teacher that learned at its own size.

    Args:
        size: spatial size of what the network sees, one number for all dimensions or one each; None keeps the
            images as they are.
        inferer: runs the network; default `AutocastInferer`.

    Raises:
        InputError: a size that is not positive.
    """

    MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}

    def __init__(self, size: int | Sequence[int] | None = None, inferer: Inferer | None = None) -> None:
        super().__init__()
        if size is not None and min([size] if isinstance(size, int) else size) < 1:
            raise InputError(f"the size '{size}' at which a network is run must be positive, or null")
        self.size = size
        self.inferer = AutocastInferer() if inferer is None else inferer

    def __call__(
        self, inputs: torch.Tensor, network: Callable[..., torch.Tensor], *args: Any, **kwargs: Any
    ) -> torch.Tensor:
        """Return logits with the spatial size of `inputs`, shape (B, C, spatial...)."""
        inputs = convert_to_tensor(inputs, track_meta=False)
        shape = tuple(inputs.shape[2:])
        size = shape if self.size is None else ensure_tuple_rep(self.size, len(shape))
        if size == shape:
            return self.inferer(inputs, network, *args, **kwargs)
        mode = self.MODES[len(shape)]
        small = F.interpolate(inputs, size=size, mode=mode, align_corners=False, antialias=mode == "bilinear")
        logits = self.inferer(small, network, *args, **kwargs)
        return F.interpolate(logits, size=shape, mode=mode, align_corners=False)
