# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Files of every topic: written whole or not at all; JSON, CSV, Markdown tables; folders and checksums."""
