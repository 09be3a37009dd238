# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Ignite handlers for training and evaluation."""

from scripts.handlers.epoch_seed import EpochSeed
from scripts.handlers.loss_monitor import LossMonitor, LossTermError
from scripts.handlers.segmentation_report import SegmentationReport
from scripts.handlers.training_checkpoint import TrainingCheckpoint

__all__ = ["EpochSeed", "LossMonitor", "LossTermError", "SegmentationReport", "TrainingCheckpoint"]
