# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Fitting a network's probabilities to validation images, and assessing them on images it has not seen."""
