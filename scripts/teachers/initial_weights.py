# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Load the initial weights of a training from a file of another training."""

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
    """Load the initial weights of a network.

    Args:
        network: network to train, changed in place.
        file: a state dict of the same architecture; None leaves the network as it is.
        datalist: datalist of this training.
        held_out: items from `select` by section (validation, test) that the weights must not have been trained on.

    Returns:
        `network`.

    Raises:
        InputError: the file is missing, damaged or of another architecture, or was trained on images that this training
            holds out.
    """
    if file is None:
        return network
    load_weights(network, file, f"--{OPTION}")
    check_held_out(file, datalist, held_out, what=f"--{OPTION}")
    return network


def describe_start(file: str | Path | None) -> dict[str, Any] | None:
    """Return the file of the initial weights and the provenance of their training; None without a file."""
    return None if file is None else describe({OPTION: str(file)})[OPTION]
