# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Registry of all networks by name. New networks are added here.

`scripts.networks` exports the names in ``__all__``. The complexity table and the tests of networks and overlays include
all `NETWORKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

import torch
from monai.networks.nets import BasicUNet
from torch import nn

from .attention_unet import AttentionUNet
from .efficient_unet import EfficientUNet
from .peers import smp_unet
from .stunet import StuNet
from .teachnet import TeachNet
from .unet3_plus import UNet3Plus
from .unet_plus_plus import UNetPlusPlus

PRESENCE_HEAD = "presence_head"  # argument of networks that can have one

__all__ = ["AttentionUNet", "EfficientUNet", "StuNet", "TeachNet", "UNet3Plus", "UNetPlusPlus", "smp_unet"]


@dataclass(frozen=True)
class Published:
    """Counts of a network in Table I of the paper.

    Attributes:
        parameters: number of parameters in millions.
        gflops: 10⁹ multiply-add operations for a 3×512×512 image.
        remark: explanation if the published count is probably wrong.
    """

    parameters: float
    gflops: float
    remark: str = ""


@dataclass(frozen=True)
class NetworkEntry:
    """A network in the registry.

    Attributes:
        network: class, or function that returns a network, with the arguments `in_channels` and `out_channels`.
        arguments: other arguments of the network.
        overlay: stem of the file in ``configs/baselines`` that trains it, None if there is none.
        published: counts in the paper, None for networks that are not in the paper.
        small: arguments that make it small enough for tests.
    """

    network: Callable[..., nn.Module]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    overlay: str | None = None
    published: Published | None = None
    small: Mapping[str, Any] = field(default_factory=lambda: {"features": (4, 8, 16)})

    def build(self, in_channels: int = 1, out_channels: int = 2) -> nn.Module:
        """Return the network, for images of `in_channels` channels and `out_channels` classes."""
        return self.network(in_channels=in_channels, out_channels=out_channels, **self.arguments)

    def identities(self) -> set[tuple[str, int]]:
        """Return name of the class and number of parameters, without and, if it can have one, with a presence head."""
        heads = (False, True) if PRESENCE_HEAD in signature(self.network).parameters else (None,)
        found = set()
        for head in heads:
            with torch.device("meta"):  # counting only needs shapes
                given = {} if head is None else {PRESENCE_HEAD: head}
                network = self.network(in_channels=1, out_channels=2, **self.arguments, **given)
            found.add((type(network).__name__, sum(each.numel() for each in network.parameters())))
        return found


NETWORKS = {
    "StuNet": NetworkEntry(StuNet, overlay="stunet", published=Published(parameters=2.2, gflops=16.59)),
    "TeachNet": NetworkEntry(
        TeachNet,
        published=Published(parameters=106.1, gflops=205.98),
        small={"features": (4, 8, 16, 32), "layers": (1, 1, 1, 1), "attention_features": (8, 4, 2, 2)},
    ),
    "U-Net": NetworkEntry(
        StuNet,
        {"features": (64, 128, 256, 512, 1024)},
        overlay="unet",
        published=Published(parameters=34.5, gflops=262.08),
    ),
    "U-Net++": NetworkEntry(
        UNetPlusPlus, overlay="unet_plus_plus", published=Published(parameters=36.6, gflops=552.27)
    ),
    "U-Net3+": NetworkEntry(
        UNet3Plus,
        overlay="unet3_plus",
        published=Published(
            parameters=30.0,
            gflops=792.62,
            remark="The published 30.0 M is probably a misprint: the published size of 104 MB is 27 M parameters of 4 "
            "bytes, as counted here, and the operations agree.",
        ),
    ),
    "Attention U-Net": NetworkEntry(
        AttentionUNet, overlay="attention_unet", published=Published(parameters=34.9, gflops=266.47)
    ),
    "EfficientUNet": NetworkEntry(
        EfficientUNet,
        small={"features": (8, 8, 4, 4), "encoder_features": (4, 4, 4, 8, 8, 8), "layers": (1, 1, 1, 1, 1, 1)},
    ),
    "BasicUNet of MONAI": NetworkEntry(
        BasicUNet, {"spatial_dims": 2, "features": (36, 36, 72, 144, 288, 36)}, overlay="basic_unet"
    ),
    "MobileNetV2 U-Net of segmentation_models_pytorch": NetworkEntry(smp_unet, overlay="smp_mobilenet_v2"),
}
