# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What an evaluation has left: read again, as a table, a picture sheet or a page."""
