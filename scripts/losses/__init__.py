# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's losses."""

from .distillation import JointDistillationLoss
from .soft import SoftLoss
from .weight_balance import WeightBalanceLoss

__all__ = ["JointDistillationLoss", "SoftLoss", "WeightBalanceLoss"]
