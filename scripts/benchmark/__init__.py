# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Compares runtimes, precisions and networks: masks, speed, memory, and the share of the machine's limit."""
