# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's networks, those it compares with, and peers."""

from .attention_unet import AttentionUNet
from .efficient_unet import EfficientUNet
from .peers import smp_unet
from .stunet import StuNet
from .teachnet import TeachNet
from .unet3_plus import UNet3Plus
from .unet_plus_plus import UNetPlusPlus

__all__ = ["AttentionUNet", "EfficientUNet", "StuNet", "TeachNet", "UNet3Plus", "UNetPlusPlus", "smp_unet"]
