# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Log lines that describe a run before it starts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import torch

from ..inferers.autocast import has_bfloat16

logger = logging.getLogger(__name__)


def announce(
    paper: Mapping[str, Any],
    chosen: Mapping[str, Any],
    device: str | torch.device,
    amp: bool,
    memory_format: torch.memory_format,
) -> None:
    """Log where a run's settings differ from the paper's, and the device, precision and memory format.

    Args:
        paper: the paper's settings by name.
        chosen: the run's settings, by the same names.
        device: device of the network.
        amp: whether mixed precision is requested.
        memory_format: memory format of the network's weights.
    """
    differing = [f"{name} {chosen[name]} (paper: {value})" for name, value in paper.items() if chosen[name] != value]
    if differing:
        logger.info(f"Settings that differ from the paper: {', '.join(differing)}.")
    precision = "bfloat16 autocast" if amp and has_bfloat16(device) else "float32"
    layout = str(memory_format).removeprefix("torch.")
    logger.info(f"Computing on {device} in {precision}, memory format {layout}.")
