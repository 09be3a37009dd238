# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What docs/page.md says of the result of `python -m tests.page.agreement`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.paths import ROOT

RESULT = ROOT / "docs/results/page/agreement.json"


def told(result: Mapping[str, Any]) -> str:
    """The sentence."""
    others = result["different_pixels"]
    text = f"Of {result['images']} images of BUSI and BUS-BRA, {result['identical']} masks are identical to `predict`'s"
    if not others:
        return text
    return f"{text}; each other differs by at most {max(others)} {'pixel' if max(others) == 1 else 'pixels'}"
