# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""One network in every runtime and precision that this machine has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ..errors import InputError
from ..inferers.autocast import has_bfloat16
from ..prediction.export import write_network
from ..prediction.quantise import quantise_model
from ..runtimes.choice import ALL, BFLOAT16, INT8, OPENVINO, REFERENCE, TORCH, TORCHSCRIPT, Choice, is_installed
from ..runtimes.onnx_runtime import OnnxRuntimeModel
from ..runtimes.openvino_runtime import OpenVinoModel
from ..runtimes.torchscript import compile_network

CALIBRATED_ON = 4  # inputs; their number does not change the time


def network_calls(network: nn.Module, size: int, folder: Path) -> dict[Choice, Callable[[], Any]]:
    """Return functions that run a network on one image, the reference first.

    Args:
        network: a network with one input channel.
        size: height and width of the image.
        folder: for the exported models.
    """
    network = network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = np.random.default_rng(0).random((1, 1, size, size), dtype=np.float32)
    tensor = torch.from_numpy(images).to(memory_format=torch.channels_last)
    exported, quantised = folder / f"{size}.onnx", folder / f"{size}.int8.onnx"
    write_network(network, tensor, exported)
    quantise_model(exported, iter([images] * CALIBRATED_ON), quantised)
    calls: dict[Choice, Callable[[], Any]] = {REFERENCE: partial(_run, network, tensor, False)}
    for choice in ALL:
        if choice == REFERENCE or not is_installed(choice.runtime):
            continue
        path = quantised if choice.precision == INT8 else exported
        try:
            if choice.runtime == TORCH:
                if has_bfloat16("cpu"):
                    calls[choice] = partial(_run, network, tensor, choice.precision == BFLOAT16)
            elif choice.runtime == TORCHSCRIPT:
                calls[choice] = partial(_run, compile_network(network), tensor, False)
            elif choice.runtime == OPENVINO:
                calls[choice] = partial(OpenVinoModel(path, choice.precision), images)
            else:
                calls[choice] = partial(OnnxRuntimeModel(path), images)
        except InputError:  # the processor lacks the precision, or TorchScript cannot compile the network
            continue
    return calls


@torch.inference_mode()
def _run(network: nn.Module, images: torch.Tensor, amp: bool) -> torch.Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=amp):
        return network(images)
