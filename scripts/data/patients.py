# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""When two names are of one patient."""

from __future__ import annotations

import re
import unicodedata


def patient_key(name: str) -> str:
    """Return the same for all spellings of a patient's name: ``P1``, ``p1`` and ``P 1``; ``1``, ``1.0`` and ``001``."""
    key = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    number = re.fullmatch(r"0*(\d+)([.,]0*)?", key)
    return number[1] if number else key
