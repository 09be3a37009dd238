# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluations side by side: the folders that they left, and their figures as a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.errors import InputError
from scripts.metrics import NAMES
from scripts.named_folders import parse_named_folders
from scripts.runs import METRICS, ROWS

SEAL = "sha256"  # of a published result, under this name in its summary


def parse_titles(words: Sequence[str]) -> dict[str, str]:
    """Read words of the form ``TITLE=DIR`` into a mapping.

    Raises:
        InputError: a word of another form, or a title given twice.
    """
    return parse_named_folders(words, "TITLE=DIR is expected, the folder of an evaluation under a title")


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


def read_metrics(folder: str | Path) -> dict[str, Any]:
    """Read the ``metrics.json`` of an evaluation.

    Raises:
        InputError: it is missing or damaged, or it is a sealed result that was changed.
    """
    path = Path(folder) / METRICS
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
        unchanged = SEAL not in metrics or metrics.pop(SEAL) == seal(metrics, path.with_name(ROWS).read_bytes())
    except FileNotFoundError:
        raise InputError(f"'{path}': no such file; '{folder}' is no evaluation") from None
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' cannot be read: {error}") from None
    if not unchanged:
        raise InputError(f"'{path}' or {ROWS} beside it was changed after the run wrote it; restore them")
    missing = [name for name in ("lesion_images", *NAMES, "provenance") if name not in metrics]
    if missing:
        raise InputError(f"'{path}' is no evaluation: it lacks {missing[0]}")
    return metrics


def metrics_table(folders: Mapping[str, str | Path], columns: Sequence[str] = NAMES[1:]) -> str:
    """Return a Markdown table: a row for each evaluation, its measures as lesion-only and as two-class means.

    Lesion Dice is given with its bootstrap 95 % interval and the standard deviation over images; the false-positive
    rate is that on images without a lesion.

    Args:
        folders: evaluations by title.
        columns: measures to show beside the lesion Dice, some of `NAMES`.

    Raises:
        InputError: an unknown measure, as `read_metrics`, and an evaluation without any lesion.
    """
    if unknown := [name for name in columns if name not in NAMES]:
        raise InputError(f"'{unknown[0]}' is no measure; there are {', '.join(NAMES)}")
    headings = [
        "",
        "images with a lesion",
        "lesion Dice [95 % interval]",
        "deviation",
        *columns,
        "false positives on normals",
    ]
    lines = [
        "| " + " | ".join(heading.replace("_", " ") for heading in headings) + " |",
        "|---|" + "---:|" * (len(headings) - 1),
    ]
    for title, folder in folders.items():
        metrics = read_metrics(folder)
        dice = metrics["lesion_dice"]
        if dice is None:
            raise InputError(f"'{folder}': no image of this evaluation has a lesion")
        cells = [
            title,
            str(metrics["lesion_images"]),
            f"{dice['mean']:.3f} [{dice['ci95'][0]:.3f}, {dice['ci95'][1]:.3f}]",
            f"{dice['std']:.3f}",
            *(f"{metrics[name]['mean']:.3f}" for name in columns),
            f"{metrics['false_positive_rate']:.3f}" if "false_positive_rate" in metrics else "–",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
