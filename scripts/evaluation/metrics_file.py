# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read ``metrics.json`` and ``metrics.csv`` of an evaluation."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ..errors import InputError
from ..files.seal import SEAL, seal
from ..metrics.overlap import NAMES
from ..runs.file_names import METRICS, ROWS

_COLUMNS = ("image", "class", "lesion_dice", "truth_pixels", "predicted_pixels")  # what readers of rows rely on


class _Spread(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    mean: float
    std: float
    ci95: Annotated[list[float], Field(min_length=2, max_length=2)]


# What readers of an evaluation rely on; a metric is null where no image has a lesion.
_FIELDS: dict[str, Any] = {
    "images": (int, ...),
    "lesion_images": (int, ...),
    **{name: (_Spread | None, ...) for name in NAMES},
    "false_positive_rate": (float, 0.0),
    "provenance": (dict[str, Any], ...),
}
_Evaluation = create_model("_Evaluation", __config__=ConfigDict(strict=True, allow_inf_nan=False), **_FIELDS)


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
        InputError: it is missing or damaged, lacks figures, or its checksum does not match.
    """
    path = Path(folder) / METRICS
    try:
        metrics, unchanged = load_metrics(folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(
            f"'{error.filename}': no such file, so '{folder}' is not an evaluation; give the folder of one"
        ) from None
    except OSError as error:
        raise InputError(f"'{error.filename or path}' cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise InputError(f"'{path}' cannot be read: {error}") from None
    if unchanged is False:
        raise InputError(f"'{path}' or {ROWS} beside it was changed after the run wrote it; restore them")
    try:
        _Evaluation.model_validate(metrics)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        wrong = "is missing" if first["type"] == "missing" else f"is {first['input']!r}"
        raise InputError(f"'{path}' is not an evaluation: {where} {wrong}; evaluate again") from None
    return metrics


def read_rows(path: str | Path) -> list[dict[str, Any]]:
    """Return the rows of ``metrics.csv``: metrics and pixel counts as numbers, groups as whole ones, the rest as text.

    Metrics are NaN for an image without a lesion.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        with Path(path).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"'{path}' cannot be read: {error}") from None
    if not rows or (missing := [name for name in _COLUMNS if name not in rows[0]]):
        raise InputError(f"'{path}' has no {missing[0] if rows else 'images'}; evaluate again")
    try:
        return [{name: _value(name, text) for name, text in row.items()} for row in rows]
    except (AttributeError, TypeError, ValueError):
        raise InputError(f"'{path}' is damaged; evaluate again") from None


def _value(column: str, text: str) -> float | str:
    if column == "group":
        return int(text)
    return float(text) if column.startswith(("lesion_", "mean_")) or column.endswith("_pixels") else text
