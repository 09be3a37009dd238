# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameters and operations of the networks, beside the published ones."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from monai.networks.nets import BasicUNet
from torch import nn

from ..bundle.paths import install_command
from ..errors import InputError
from . import AttentionUNet, EfficientUNet, StuNet, TeachNet, UNet3Plus, UNetPlusPlus, smp_unet


@dataclass(frozen=True)
class Published:
    """What the paper's Table I says of a network: parameters in millions, GFLOPs for a 3×512×512 image.

    A remark tells where it errs.
    """

    network: Callable[..., nn.Module]
    parameters: float
    gflops: float
    remark: str = ""


PUBLISHED = {
    "StuNet": Published(StuNet, parameters=2.2, gflops=16.59),
    "TeachNet": Published(TeachNet, parameters=106.1, gflops=205.98),
    "U-Net": Published(partial(StuNet, features=(64, 128, 256, 512, 1024)), parameters=34.5, gflops=262.08),
    "U-Net++": Published(UNetPlusPlus, parameters=36.6, gflops=552.27),
    "U-Net3+": Published(
        UNet3Plus,
        parameters=30.0,
        gflops=792.62,
        remark="30.0 is a slip: the 104 MB published beside it are 27 M parameters of 4 bytes, as counted, and the "
        "operations agree.",
    ),
    "Attention U-Net": Published(AttentionUNet, parameters=34.9, gflops=266.47),
}
# Compared with here, and not in the paper.
PEERS = {
    "EfficientUNet": EfficientUNet,
    "BasicUNet of MONAI": partial(BasicUNet, spatial_dims=2, features=(36, 36, 72, 144, 288, 36)),
    "MobileNetV2 U-Net of segmentation_models_pytorch": smp_unet,
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
        raise InputError(f"counting operations needs ptflops: {install_command('dev')}") from None
    # Functions are left out: ptflops counts an up-sampling layer and the function inside it, which would be twice.
    # On the meta device only shapes are computed, which is all that counting needs.
    operations, parameters = get_model_complexity_info(
        copy.deepcopy(network).to("meta").eval(),
        input_shape,
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
        backend_specific_config={"count_functional": False},
    )
    return parameters / 1e6, operations / 1e9


def table() -> str:
    """Return a Markdown table of counted and published values, for three input channels and two classes.

    Peers that are not installed are left out.
    """
    lines = [
        "| network | parameters, M | published | GFLOPs at 3×512×512 | published | difference |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, published in PUBLISHED.items():
        parameters, gflops = count(published.network(in_channels=3, out_channels=2))
        mark = "\\*" if published.remark else ""
        lines.append(
            f"| {name} | {parameters:.3f} | {published.parameters}{mark} | {gflops:.2f} | {published.gflops} "
            f"| {gflops / published.gflops - 1:+.2%} |"
        )
    for name, peer in PEERS.items():
        try:
            network = peer(in_channels=3, out_channels=2)
        except InputError:
            continue
        parameters, gflops = count(network)
        lines.append(f"| {name} | {parameters:.3f} | – | {gflops:.2f} | – | – |")
    remarks = [f"\\* {published.remark}" for published in PUBLISHED.values() if published.remark]
    return "\n".join([*lines, "", *remarks])
