# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Compile a network with TorchScript."""

from __future__ import annotations

import torch
from monai.networks import convert_to_torchscript
from torch import nn

from ..errors import InputError
from .choice import TORCH, TORCHSCRIPT


def compile_network(network: nn.Module) -> nn.Module:
    """Return a network with its weights as constants, for inference alone, on the device that it is on.

    `torch.jit.optimize_for_inference` is left out: with it EfficientUNet takes twice as long on a CPU.

    Raises:
        InputError: TorchScript cannot compile the network.
    """
    try:
        compiled: nn.Module = torch.jit.freeze(convert_to_torchscript(network))
    except Exception as error:  # it has a class for each kind of failure
        name, reason = type(network).__name__, str(error).strip().partition("\n")[0].rstrip(".")
        raise InputError(f"--runtime {TORCHSCRIPT}: cannot compile {name}: {reason}; use {TORCH}") from None
    return compiled
