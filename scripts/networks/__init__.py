# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The paper's networks, those it compares with, and peers; `registry` names them."""

from .registry import *  # noqa: F403 - a new network is named there alone
