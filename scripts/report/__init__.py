# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The HTML report for reviewing segmented images, the most doubtful first: one self-contained file."""

from __future__ import annotations

from .card import Card
from .page import write_report

__all__ = ["Card", "write_report"]
