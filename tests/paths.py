# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Where things are: this repository, and beside it what is too large or not ours to be in it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = ROOT / "configs"
SHARED = ROOT.parent / "shared"
PUBLISHED_DATA = SHARED / "data"
BUSI = PUBLISHED_DATA / "busi" / "Dataset_BUSI_with_GT"
METADATA_SCHEMA = SHARED / "schema" / "meta_schema_20240725.json"
