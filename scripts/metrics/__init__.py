# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Overlap and surface metrics of one mask, their summary over images, and bootstrap intervals."""
