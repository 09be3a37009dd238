# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's networks, those it compares with, and peers."""

from scripts.networks.attention_unet import AttentionUNet
from scripts.networks.efficient_unet import EfficientUNet
from scripts.networks.peers import smp_unet
from scripts.networks.stunet import StuNet
from scripts.networks.teachnet import TeachNet
from scripts.networks.unet3_plus import UNet3Plus
from scripts.networks.unet_plus_plus import UNetPlusPlus

__all__ = ["AttentionUNet", "EfficientUNet", "StuNet", "TeachNet", "UNet3Plus", "UNetPlusPlus", "smp_unet"]
