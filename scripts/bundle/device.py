# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Whether a device is there."""

from __future__ import annotations

import torch

from ..errors import InputError


def usable_device(device: str | torch.device) -> torch.device:
    """Return a device on which a tensor could be made.

    Raises:
        InputError: there is no such device, or it cannot be used.
    """
    try:
        return torch.empty(1, device=device).device
    except (RuntimeError, AssertionError) as error:  # which of them depends on the kind of device
        raise InputError(f"--device {device}: cannot be used: {str(error).splitlines()[0]}") from None
