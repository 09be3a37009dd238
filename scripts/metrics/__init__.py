# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Overlap and surface metrics of a segmentation, their summary over images, and bootstrap intervals."""
