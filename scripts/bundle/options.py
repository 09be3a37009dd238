# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The values of a config's options, checked before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from ..errors import InputError
from .device import usable_device
from .option_types import read_option


def check_options(options: Mapping[str, Any], device: str | torch.device = "cpu") -> None:
    """Refuse values that are not of their option's type, wherever they come from.

    Args:
        options: values by option name, see `option_types.OPTIONS`.
        device: must be there.

    Raises:
        InputError: naming the option, its value and what is expected.
    """
    for name, value in options.items():
        read = read_option(name, value)
        if isinstance(value, str) and isinstance(read, (bool, int, float)):
            raise InputError(f"{name}: '{value}' is text in a config; write it there without quotes")
    if "val_interval" in options and options["val_interval"] > options["epochs"]:
        raise InputError(
            f"--val_interval {options['val_interval']}: more than the {options['epochs']} epochs, so that no epoch "
            "would be validated"
        )
    usable_device(device)
