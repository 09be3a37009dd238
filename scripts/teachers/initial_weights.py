# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Start a training from the weights of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import nn

from ..networks.weights import load_weights
from ..runs.data_record import check_held_out
from .weights import describe

OPTION = "initial_weights"


def start_from(
    network: nn.Module,
    file: str | Path | None,
    datalist: Mapping[str, Any],
    held_out: Mapping[str, Sequence[Mapping[str, Any]]],
) -> nn.Module:
    """Load the weights that a training starts from.

    Args:
        network: to be trained, changed in place.
        file: a state dict of the same architecture; None leaves the network as it is.
        datalist: of this training.
        held_out: items of `select` by section (validation, test) that the weights may not have learned from.

    Returns:
        `network`.

    Raises:
        InputError: the file is missing, damaged or of another architecture, or its network has learned from images that
            this training holds out.
    """
    if file is None:
        return network
    load_weights(network, file, f"--{OPTION}")
    check_held_out(file, datalist, held_out, what=f"--{OPTION}")
    return network


def describe_start(file: str | Path | None) -> dict[str, Any] | None:
    """Return the file that a training started from and what the results beside it say of it; None without one."""
    return None if file is None else describe({OPTION: str(file)})[OPTION]
