# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Phantoms: synthetic breast ultrasound images with known lesions, for tests and demonstrations."""

from .dataset import KINDS, MIN_SIDE, make_phantoms, render_phantom

__all__ = ["KINDS", "MIN_SIDE", "make_phantoms", "render_phantom"]
