# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's losses."""

from scripts.losses.distillation import JointDistillationLoss
from scripts.losses.soft import SoftLoss
from scripts.losses.weight_balance import WeightBalanceLoss

__all__ = ["JointDistillationLoss", "SoftLoss", "WeightBalanceLoss"]
