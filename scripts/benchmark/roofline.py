# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The shortest time that a processor's rate of multiplications and its memory allow a network.

Source: Williams, Waterman, Patterson, Roofline, Communications of the ACM 2009, doi 10.1145/1498765.1498785.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import nn

from ..runtimes.choice import BFLOAT16, FLOAT32, KEPT_SHARE, OPENVINO, Choice

# A convolution, which multiplies faster than PyTorch's matrix product: channels, height and width of its input.
CHANNELS, SIDE = 128, 28
COPIED = 16_000_000  # numbers of 4 bytes, more than the caches hold
BYTES = {FLOAT32: 4, BFLOAT16: 2}


class Layer(NamedTuple):
    """A convolution, or another layer that only moves numbers.

    Attributes:
        operations: multiplications and additions.
        numbers: numbers read and written: input, output and weights.
    """

    operations: int
    numbers: int


def limit_functions(bfloat16: bool) -> dict[str, Callable[[], Any]]:
    """Return functions whose times give the machine's limits; see `machine_limits`.

    Args:
        bfloat16: whether the processor has it.
    """
    images = torch.rand(1, CHANNELS, SIDE, SIDE).to(memory_format=torch.channels_last)
    weights = torch.rand(CHANNELS, CHANNELS, 3, 3).to(memory_format=torch.channels_last)
    source, target = torch.rand(COPIED), torch.empty(COPIED)
    functions: dict[str, Callable[[], Any]] = {
        FLOAT32: lambda: torch.conv2d(images, weights, padding=1),
        "memory": lambda: target.copy_(source),
    }
    if bfloat16:
        rounded = images.bfloat16(), weights.bfloat16()
        functions[BFLOAT16] = lambda: torch.conv2d(*rounded, padding=1)
    return functions


def machine_limits(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return operations a second of each precision, and bytes a second as ``memory``.

    Args:
        seconds: of each of `limit_functions`.
    """
    operations = 2 * 9 * CHANNELS**2 * SIDE**2
    return {name: (8 * COPIED if name == "memory" else operations) / value for name, value in seconds.items()}


def count_layers(network: nn.Module, size: int) -> list[Layer]:
    """Return the convolutions and up-samplings of a network, in order, for one grey image of `size` × `size` pixels."""
    layers: list[Layer] = []

    def note(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        weights, operations = 0, 0
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            weights = module.weight.numel()
            places = output if isinstance(module, nn.Conv2d) else inputs[0]
            operations = 2 * weights * places.shape[2] * places.shape[3]
        layers.append(Layer(operations, inputs[0].numel() + output.numel() + weights))

    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.Upsample)
    hooks = [module.register_forward_hook(note) for module in network.modules() if isinstance(module, kinds)]
    try:
        with torch.inference_mode():
            network(torch.rand(1, 1, size, size))
    finally:
        for hook in hooks:
            hook.remove()
    return layers


def shortest_seconds(layers: list[Layer], limits: Mapping[str, float], choice: Choice) -> float | None:
    """Return the shortest time for the layers: of each, that of its operations or of its bytes, whichever is longer.

    None for precisions whose rate is not measured.
    """
    if choice.precision not in limits:
        return None
    convolutions = sum(layer.operations > 0 for layer in layers)
    kept = KEPT_SHARE[BFLOAT16] * convolutions if choice == Choice(OPENVINO, BFLOAT16) else 0
    seconds, seen = 0.0, 0
    for layer in layers:
        seen += layer.operations > 0
        precision = FLOAT32 if seen <= kept else choice.precision
        seconds += max(layer.operations / limits[precision], BYTES[precision] * layer.numbers / limits["memory"])
    return seconds
