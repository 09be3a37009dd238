# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""LightBTSeg: breast-tumour segmentation in ultrasound by a small network that two large teachers have taught.

The configs of the bundle call this package ``scripts``; ``pip install .`` installs it as ``lightbtseg``.
"""
