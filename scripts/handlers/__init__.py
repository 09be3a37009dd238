# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Ignite handlers for training and evaluation."""

from .epoch_log import EpochLog
from .epoch_seed import EpochSeed
from .loss_monitor import LossMonitor, LossTermError
from .segmentation_report import SegmentationReport
from .training_checkpoint import TrainingCheckpoint
from .training_stats import TrainingStats

__all__ = [
    "EpochLog",
    "EpochSeed",
    "LossMonitor",
    "LossTermError",
    "SegmentationReport",
    "TrainingCheckpoint",
    "TrainingStats",
]
