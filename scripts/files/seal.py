# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The checksum of published results, which tells edits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SEAL = "sha256"  # key of the checksum in a JSON file


def seal(content: Mapping[str, Any], rows: bytes = b"") -> str:
    """Return the SHA-256 checksum of a result.

    Args:
        content: content of the JSON file, without a checksum.
        rows: content of the CSV file beside it, with any line endings: a Git checkout may change them.

    Raises:
        UnicodeError: the rows are not UTF-8.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False) + "\n" + "\n".join(rows.decode().splitlines())
    return hashlib.sha256(text.encode()).hexdigest()
