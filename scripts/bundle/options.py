# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check the values of a config's options before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from ..errors import InputError
from .device import usable_device
from .option_types import read_option


def check_options(options: Mapping[str, Any], device: str | torch.device = "cpu") -> None:
    """Raise on options with a value of the wrong type, from the command line or a config.

    Args:
        options: values by option name, see `option_types.OPTIONS`.
        device: must be available.

    Raises:
        InputError: names the option, its value and the expected type.
    """
    for name, value in options.items():
        read = read_option(name, value)
        if isinstance(value, str) and isinstance(read, (bool, int, float)):
            raise InputError(f"{name}: '{value}' is text in the config; write it without quotes")
    if "val_interval" in options and options["val_interval"] > options["epochs"]:
        raise InputError(
            f"--val_interval {options['val_interval']}: must be at most the {options['epochs']} epochs, or no epoch "
            "would be validated"
        )
    usable_device(device)
