# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's networks."""

from scripts.networks.stunet import StuNet
from scripts.networks.teachnet import TeachNet

__all__ = ["StuNet", "TeachNet"]
