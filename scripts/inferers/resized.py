# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run a network at another image size than that of the input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from monai.inferers import Inferer
from monai.utils import convert_to_tensor, ensure_tuple_rep

from ..errors import InputError
from .autocast import AutocastInferer
from .outputs import full_resolution


class ResizedInferer(Inferer):
    """Resize the images, run the network, and resize its logits to the input; for teachers trained at another size.

    Args:
        size: spatial size at which the network runs, one number for all dimensions or one per dimension; None keeps the
            size of the images.
        inferer: runs the network; default `AutocastInferer`.

    Raises:
        InputError: a size that is not positive.

    Example:
        >>> import torch
        >>> from scripts.inferers import ResizedInferer
        >>> from scripts.networks import StuNet
        >>> ResizedInferer(size=16)(torch.rand(1, 1, 64, 64), StuNet(features=(4, 8))).shape
        torch.Size([1, 2, 64, 64])
    """

    MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}

    def __init__(self, size: int | Sequence[int] | None = None, inferer: Inferer | None = None) -> None:
        super().__init__()
        if size is not None and min([size] if isinstance(size, int) else size) < 1:
            raise InputError(f"ResizedInferer: size '{size}' must be positive, or null to keep the size of the images")
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
        resized = F.interpolate(inputs, size=size, mode=mode, align_corners=False, antialias=mode == "bilinear")
        logits = full_resolution(self.inferer(resized, network, *args, **kwargs), resized)
        return F.interpolate(logits, size=shape, mode=mode, align_corners=False)
