# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The output folder of a training or evaluation: its files, its datalist, and the provenance of its results."""
