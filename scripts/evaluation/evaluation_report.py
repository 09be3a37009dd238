# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The HTML report of an evaluation: each image with ground truth, prediction and metrics, lowest Dice first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..images.overlay import outlines, thumbnail
from ..report import Card, write_report
from ..runs.file_names import REPORT
from .evaluated_images import Evaluation
from .metrics_file import read_metrics

DICE, DISTANCE = "lesion Dice", "HD95"
TITLES = {
    "lesion_dice": DICE,
    "lesion_iou": "IoU",
    "lesion_precision": "precision",
    "lesion_recall": "recall",
    "lesion_hd95": DISTANCE,
    "lesion_nsd": "NSD",
}


def write_evaluation_report(folder: str | Path, dataset_dir: str | Path, output: str | Path | None = None) -> Path:
    """Write an HTML report with all images of an evaluation.

    Args:
        folder: output folder of a run with ``configs/evaluate.json``, or of a training.
        dataset_dir: the evaluated data set.
        output: the HTML file to write, None for ``report.html`` in `folder`.

    Returns:
        The file.

    Raises:
        InputError: the folder is not an evaluation of this data set, or the file cannot be written.
    """
    metrics = read_metrics(folder)
    evaluation = Evaluation(folder, dataset_dir)
    return write_report(
        _cards(evaluation),
        Path(folder) / REPORT if output is None else Path(output),
        f"Evaluation: {Path(folder).resolve().name}",
        _summary(metrics),
        metrics["provenance"],
        first=DICE,
    )


def _summary(metrics: Mapping[str, Any]) -> dict[str, str]:
    summary = {"Images": str(metrics["images"]), "Images with a lesion": str(metrics["lesion_images"])}
    if metrics["lesion_dice"] is not None:
        dice, (low, high) = metrics["lesion_dice"]["mean"], metrics["lesion_dice"]["ci95"]
        summary["Lesion Dice [95 % interval]"] = f"{dice:.3f} [{low:.3f}, {high:.3f}]"
        summary["Lesion IoU"] = f"{metrics['lesion_iou']['mean']:.3f}"
    if "false_positive_rate" in metrics:
        summary["False positives on normals"] = f"{metrics['false_positive_rate']:.3f}"
    return summary


def _cards(evaluation: Evaluation) -> Iterator[Card]:
    for row in evaluation.rows:
        pixels = evaluation.read(row["image"])
        yield Card(
            name=row["image"],
            frame=None,
            thumbnail=thumbnail(pixels.picture),
            size=pixels.picture.shape,
            contours={"prediction": outlines(pixels.prediction), "truth": outlines(pixels.ground_truth)},
            lesion_found=bool(pixels.prediction.any()),
            values=_values(row),
        )


def _values(row: Mapping[str, Any]) -> dict[str, float | str]:
    values = {"class": row["class"], **{_title(name, row): row[name] for name in TITLES if name in row}}
    if not row["truth_pixels"] and (predicted := int(row["predicted_pixels"])):
        values["note"] = (
            f"no lesion in the ground truth; {predicted} {'pixel' if predicted == 1 else 'pixels'} predicted"
        )
    return values


def _title(name: str, row: Mapping[str, Any]) -> str:
    """Return the column title of a metric; distances in different units get different columns."""
    unit = row.get("surface_unit") if TITLES[name] == DISTANCE else None
    return f"{TITLES[name]} ({unit})" if unit else TITLES[name]
