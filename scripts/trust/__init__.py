# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""How far a prediction can be trusted: what is fitted on validation images, and what that is worth on others."""
