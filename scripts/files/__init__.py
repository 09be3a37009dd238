# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Write files atomically; JSON, CSV and Markdown; folders and checksums."""
