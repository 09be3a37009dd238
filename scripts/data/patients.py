# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Compare patient identifiers."""

from __future__ import annotations

import re
import unicodedata


def patient_key(name: str) -> str:
    """Return the same key for all spellings of a patient: ``P1``, ``p1``, ``P 1``; ``1``, ``1.0``, ``001``."""
    key = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    number = re.fullmatch(r"0*(\d+)([.,]0*)?", key)
    return number[1] if number else key
