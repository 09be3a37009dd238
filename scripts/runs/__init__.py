# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder of a training or evaluation: its files, its images, where its figures come from."""
