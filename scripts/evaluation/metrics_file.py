# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read ``metrics.json`` and ``metrics.csv`` of an evaluation, and compute the checksum of published results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..metrics.overlap import NAMES
from ..runs.file_names import METRICS, ROWS

SEAL = "sha256"  # key of the checksum in the metrics.json of a published result


def is_measure(column: str) -> bool:
    """Return whether a column of ``metrics.csv`` is numeric; all others are text."""
    return column.startswith(("lesion_", "mean_")) or column.endswith("_pixels")


def seal(metrics: Mapping[str, Any], rows: bytes) -> str:
    """Return the SHA-256 checksum of a result.

    Args:
        metrics: content of ``metrics.json``, without a checksum.
        rows: content of ``metrics.csv``.

    Raises:
        UnicodeError: the rows are not UTF-8.
    """
    text = json.dumps(metrics, sort_keys=True, ensure_ascii=False) + "\n" + "\n".join(lines(rows))
    return hashlib.sha256(text.encode()).hexdigest()


def lines(rows: bytes) -> list[str]:
    """Return the lines of ``metrics.csv``, whatever their line endings: a Git checkout may change them."""
    return rows.decode().splitlines()


def load_metrics(folder: str | Path) -> tuple[dict[str, Any], bool | None]:
    """Read the ``metrics.json`` of an evaluation without checking its keys.

    Returns:
        Its content without the checksum, and whether the checksum matches the files (None if there is no checksum).

    Raises:
        OSError, ValueError: a file is missing or damaged.
    """
    path = Path(folder) / METRICS
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(metrics, dict):
        raise ValueError("not a JSON object")
    if SEAL not in metrics:
        return metrics, None
    given = metrics.pop(SEAL)
    return metrics, given == seal(metrics, path.with_name(ROWS).read_bytes())


def read_metrics(folder: str | Path) -> dict[str, Any]:
    """Read the ``metrics.json`` of an evaluation.

    Raises:
        InputError: it is missing or damaged, or its checksum does not match.
    """
    path = Path(folder) / METRICS
    try:
        metrics, unchanged = load_metrics(folder)
    except FileNotFoundError:
        raise InputError(
            f"'{path}': no such file, so '{folder}' is not an evaluation; give the folder of one"
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' cannot be read: {error}") from None
    if unchanged is False:
        raise InputError(f"'{path}' or {ROWS} beside it was changed after the run wrote it; restore them")
    missing = [name for name in ("lesion_images", *NAMES, "provenance") if name not in metrics]
    if missing:
        raise InputError(f"'{path}' is not an evaluation: {missing[0]} is missing; evaluate again")
    return metrics
