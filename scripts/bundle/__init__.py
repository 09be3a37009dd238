# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle: metadata, required versions, command-line options of the configs, and the archive."""
