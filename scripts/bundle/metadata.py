# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The bundle's metadata: its version and the software versions it needs."""

from __future__ import annotations

import json
from typing import Any

from .paths import CONFIGS

METADATA = CONFIGS / "metadata.json"


def read_metadata() -> dict[str, Any]:
    """Return the content of ``configs/metadata.json``."""
    return json.loads(METADATA.read_text(encoding="utf-8"))
