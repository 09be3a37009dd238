# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Runtimes and precisions of networks: which there are, and which is the fastest that gives the same masks."""
