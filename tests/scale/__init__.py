# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How time and memory of `datalist` and `predict` grow with the number of images."""
