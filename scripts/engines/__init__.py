# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The distillation trainer."""

from .distillation_trainer import DistillationTrainer

__all__ = ["DistillationTrainer"]
