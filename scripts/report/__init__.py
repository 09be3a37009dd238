# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A page to look through segmented images with, the most doubtful first: one HTML file that needs nothing else."""

from __future__ import annotations

from .card import Card
from .page import write_report

__all__ = ["Card", "write_report"]
