# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Trainer for knowledge distillation, and the check of one batch before a training."""

from .distillation_trainer import DistillationTrainer

__all__ = ["DistillationTrainer"]
