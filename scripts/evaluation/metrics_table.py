# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A Markdown table that compares the metrics of several evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import InputError
from ..files.markdown import markdown_table
from ..metrics.overlap import NAMES
from ..runs.file_names import ROWS
from .metrics_file import read_metrics, read_rows


def metrics_table(folders: Mapping[str, str | Path], columns: Sequence[str] = NAMES[1:]) -> str:
    """Return a Markdown table with one row for each evaluation.

    Its columns are the lesion Dice with its bootstrap 95 % interval and standard deviation over images, the other
    metrics, and the false-positive rate on images without a lesion.

    Args:
        folders: evaluations by title.
        columns: metrics to show beside the lesion Dice, some of `NAMES`.

    Returns:
        The table, followed by a note for each evaluation of other images than the first, because their metrics cannot
        be compared.

    Raises:
        InputError: an unknown metric, an evaluation without any lesion, and the errors of `read_metrics`.
    """
    if unknown := [name for name in columns if name not in NAMES]:
        raise InputError(f"'{unknown[0]}' is not a metric; choose from {', '.join(NAMES)}")
    headings = [
        "",
        "images with a lesion",
        "lesion Dice [95 % interval]",
        "std",
        *(name.replace("_", " ").replace("dice", "Dice").replace("iou", "IoU") for name in columns),
        "false positives on normals",
    ]
    rows = []
    for title, folder in folders.items():
        metrics = read_metrics(folder)
        dice = metrics["lesion_dice"]
        if any(metrics[name] is None for name in ("lesion_dice", *columns)):
            raise InputError(f"'{folder}': no image of this evaluation has a lesion")
        cells = [
            title,
            str(metrics["lesion_images"]),
            f"{dice['mean']:.3f} [{dice['ci95'][0]:.3f}, {dice['ci95'][1]:.3f}]",
            f"{dice['std']:.3f}",
            *(f"{metrics[name]['mean']:.3f}" for name in columns),
            f"{metrics['false_positive_rate']:.3f}" if "false_positive_rate" in metrics else "–",
        ]
        rows.append(cells)
    images = {title: _lesion_images(folder) for title, folder in folders.items()}
    first = next(iter(images))
    notes = [
        f"\nNot comparable: '{title}' was evaluated on other images than '{first}' "
        f"({len(others)} and {len(images[first])} with a lesion, {len(others & images[first])} in common)."
        for title, others in images.items()
        if others != images[first]
    ]
    return "\n".join([markdown_table(headings, rows), *notes])


def _lesion_images(folder: str | Path) -> set[str]:
    """Return the names of the evaluated images with a lesion."""
    return {row["image"] for row in read_rows(Path(folder) / ROWS) if row["truth_pixels"] > 0}
