# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The teachers of a distillation: check their options, find or train them, load their weights."""
