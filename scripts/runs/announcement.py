# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What a run says of itself before it starts."""

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
    """Tell in one plain line where a run differs from the paper's settings, and in one how it computes.

    Args:
        paper: the paper's settings by name.
        chosen: this run's, under the same names.
        device: where the network runs.
        amp: whether bfloat16 is asked for.
        memory_format: of the network's weights.
    """
    differing = [f"{name} {chosen[name]} (paper: {value})" for name, value in paper.items() if chosen[name] != value]
    if differing:
        logger.info(f"Not the paper's settings: {', '.join(differing)}.")
    precision = "bfloat16 autocast" if amp and has_bfloat16(device) else "float32"
    layout = str(memory_format).removeprefix("torch.")
    logger.info(f"Computing on {device} in {precision}, memory format {layout}.")
