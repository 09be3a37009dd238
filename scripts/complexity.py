# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameters and operations of the networks, beside the published ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from scripts.errors import InputError
from scripts.networks import StuNet, TeachNet


@dataclass(frozen=True)
class Published:
    """What the paper's Table I says of a network: parameters in millions, GFLOPs for a 3×512×512 image."""

    network: Callable[..., nn.Module]
    parameters: float
    gflops: float


PUBLISHED = {
    "StuNet": Published(StuNet, parameters=2.2, gflops=16.59),
    "TeachNet": Published(TeachNet, parameters=106.1, gflops=205.98),
}


def count(network: nn.Module, input_shape: tuple[int, ...] = (3, 512, 512)) -> tuple[float, float]:
    """Count a network's parameters and operations with ptflops.

    An operation is, as in the paper, a multiplication with its addition; normalisation, activation, pooling and
    up-sampling layers count too.

    Args:
        network: takes images of shape (1, *input_shape).
        input_shape: channels and spatial size.

    Returns:
        Parameters in millions, and operations in units of 10⁹.

    Raises:
        InputError: ptflops is not installed.
    """
    try:
        from ptflops import get_model_complexity_info
    except ImportError:
        raise InputError("counting operations needs ptflops: pip install -r requirements-dev.txt") from None
    # Functions are left out: ptflops counts an up-sampling layer and the function inside it, which would be twice.
    operations, parameters = get_model_complexity_info(
        network.eval(),
        input_shape,
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
        backend_specific_config={"count_functional": False},
    )
    return parameters / 1e6, operations / 1e9


def table() -> str:
    """Return a Markdown table of counted and published values, for three input channels and two classes."""
    lines = [
        "| network | parameters, M | published | GFLOPs at 3×512×512 | published | difference |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, published in PUBLISHED.items():
        parameters, gflops = count(published.network(spatial_dims=2, in_channels=3, out_channels=2))
        lines.append(
            f"| {name} | {parameters:.3f} | {published.parameters} | {gflops:.2f} | {published.gflops} "
            f"| {gflops / published.gflops - 1:+.2%} |"
        )
    return "\n".join(lines)
