# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""LightBTSeg: breast-tumour segmentation in ultrasound with a small network distilled from two large teachers.

The bundle's configs import this package as ``scripts``; ``pip install .`` installs it as ``lightbtseg``.
"""
