# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle itself: its metadata, the versions it needs, its command-line options and its archive."""
