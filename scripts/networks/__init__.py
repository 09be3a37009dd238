# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's networks, the networks it compares with, and networks of other libraries; listed in `registry`."""

from .registry import *  # noqa: F403 - so that a new network is added only there
