# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's losses, and a loss for networks with a presence head (images without a lesion)."""

from .distillation import JointDistillationLoss
from .presence import PresenceLoss
from .soft import SoftLoss
from .weight_balance import WeightBalanceLoss

__all__ = ["JointDistillationLoss", "PresenceLoss", "SoftLoss", "WeightBalanceLoss"]
