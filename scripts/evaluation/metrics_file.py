# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""``metrics.json`` and ``metrics.csv`` of an evaluation, and the seal of those that are published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..metrics.overlap import NAMES
from ..runs.file_names import METRICS, ROWS

SEAL = "sha256"  # of a published result, under this name in its summary


def is_measure(column: str) -> bool:
    """Whether a column of ``metrics.csv`` has numbers; all others have text."""
    return column.startswith(("lesion_", "mean_")) or column.endswith("_pixels")


def seal(metrics: Mapping[str, Any], rows: bytes) -> str:
    """Return the checksum of a result.

    Args:
        metrics: its summary, without a seal.
        rows: content of its file of rows.

    Raises:
        UnicodeError: the rows are no text.
    """
    text = json.dumps(metrics, sort_keys=True, ensure_ascii=False) + "\n" + "\n".join(lines(rows))
    return hashlib.sha256(text.encode()).hexdigest()


def lines(rows: bytes) -> list[str]:
    """Return the lines of a file of rows; their ends may be those of another system after a checkout."""
    return rows.decode().splitlines()


def load_metrics(folder: str | Path) -> tuple[dict[str, Any], bool | None]:
    """Read the ``metrics.json`` of an evaluation as it is.

    Returns:
        Its content without the seal, and whether the seal is that of the files, None without one.

    Raises:
        OSError, ValueError: a file is missing or damaged.
    """
    path = Path(folder) / METRICS
    metrics = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(metrics, dict):
        raise ValueError("an object is expected")
    if SEAL not in metrics:
        return metrics, None
    given = metrics.pop(SEAL)
    return metrics, given == seal(metrics, path.with_name(ROWS).read_bytes())


def read_metrics(folder: str | Path) -> dict[str, Any]:
    """Read the ``metrics.json`` of an evaluation.

    Raises:
        InputError: it is missing or damaged, or it is a sealed result that was changed.
    """
    path = Path(folder) / METRICS
    try:
        metrics, unchanged = load_metrics(folder)
    except FileNotFoundError:
        raise InputError(f"'{path}': no such file; '{folder}' is no evaluation") from None
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' cannot be read: {error}") from None
    if unchanged is False:
        raise InputError(f"'{path}' or {ROWS} beside it was changed after the run wrote it; restore them")
    missing = [name for name in ("lesion_images", *NAMES, "provenance") if name not in metrics]
    if missing:
        raise InputError(f"'{path}' is no evaluation: it lacks {missing[0]}")
    return metrics
