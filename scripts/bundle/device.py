# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check that a device is available."""

from __future__ import annotations

import torch

from ..errors import InputError


def usable_device(device: str | torch.device) -> torch.device:
    """Return the device, after creating a tensor on it.

    Raises:
        InputError: the device does not exist or cannot be used.
    """
    try:
        return torch.empty(1, device=device).device
    except (RuntimeError, AssertionError) as error:  # the type depends on the device
        raise InputError(f"--device {device}: cannot be used: {str(error).splitlines()[0]}") from None
