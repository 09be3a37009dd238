# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Calibrate a network's probabilities on validation images, and assess them on unseen images."""
