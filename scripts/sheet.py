# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A picture sheet: images, truth and the predictions of several networks, lesion outlines drawn."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scripts.atomic import written_whole
from scripts.data.datalist import read_datalist
from scripts.errors import InputError

TRUTH_COLOUR, PREDICTION_COLOUR = "#2dd4bf", "#f97316"
TITLE_WIDTH = 34  # characters; a longer line would run into its neighbour


def draw_sheet(columns: Mapping[str, str | Path], dataset_dir: str | Path, output: str | Path, rows: int = 6) -> Path:
    """Draw a row for each of some images, chosen evenly from the best to the worst of the first column.

    Args:
        columns: by title, folders of evaluations of the same images: ``metrics.csv``, ``datalist.json`` and
            ``predictions/`` as a run with ``configs/evaluate.json`` leaves them.
        dataset_dir: the evaluated dataset.
        output: the PNG file to write.
        rows: images to show, at least one.

    Returns:
        `output`.

    Raises:
        InputError: no columns or rows, a folder that is no evaluation, evaluations of different images.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    if not columns or rows < 1:
        raise InputError(f"a sheet needs at least one column and one row, got {len(columns)} and --rows {rows}")
    scores = {title: _scores(Path(folder)) for title, folder in columns.items()}
    first = next(iter(columns))
    datalist = read_datalist(Path(columns[first]) / "datalist.json")
    entries = {entry["image"]: entry for entry in datalist["training"]}
    names = _choose(scores[first], entries, rows)
    for file in (Path(dataset_dir) / path for name in names for path in (name, *entries[name]["label"])):
        if not file.is_file():
            raise InputError(f"--dataset_dir {dataset_dir}: '{file}' is missing; give the data set that was evaluated")
    for title, own in scores.items():
        if missing := [name for name in names if name not in own]:
            raise InputError(f"'{title}': '{missing[0]}' was not evaluated there; evaluate the same images")

    figure, axes = plt.subplots(
        len(names), len(columns) + 2, figsize=(2.3 * (len(columns) + 2), 2.15 * len(names)), squeeze=False
    )
    for row, name in zip(axes, names):
        entry = entries[name]
        image = np.asarray(Image.open(Path(dataset_dir) / name).convert("L"))
        truth = np.zeros(image.shape, dtype=bool)
        for mask in entry["label"]:
            truth |= np.asarray(Image.open(Path(dataset_dir) / mask).convert("L")) > 0
        for axis in row:
            axis.imshow(image, cmap="gray", vmin=0, vmax=255, aspect="equal")
            axis.set_axis_off()
        row[0].set_title(Path(name).stem, fontsize=9)
        _outline(row[1], truth, TRUTH_COLOUR)
        row[1].set_title("truth", fontsize=9)
        for axis, (title, folder) in zip(row[2:], columns.items()):
            stem = Path(name).with_suffix("")
            predicted = np.asarray(Image.open(Path(folder) / "predictions" / f"{stem}_mask.png")) > 0
            _outline(axis, truth, TRUTH_COLOUR)
            _outline(axis, predicted, PREDICTION_COLOUR)
            score = scores[title][name]
            heading = f"{title} · Dice {score:.2f}" if np.isfinite(score) else title
            axis.set_title(textwrap.fill(heading, TITLE_WIDTH), fontsize=9)
    figure.tight_layout(pad=0.4)
    with written_whole(output) as partial:
        figure.savefig(partial, dpi=110, format="png")
    plt.close(figure)
    return Path(output)


def _outline(axis: Any, mask: np.ndarray, colour: str) -> None:
    if mask.any() and not mask.all():
        axis.contour(mask, levels=[0.5], colors=colour, linewidths=1.4)


def _scores(folder: Path) -> dict[str, float]:
    """Lesion Dice of each evaluated image by its name, NaN for images without a lesion."""
    path = folder / "metrics.csv"
    if not path.is_file() or not (folder / "predictions").is_dir():
        raise InputError(f"'{folder}' is no evaluation: metrics.csv and predictions/ are expected in it")
    with path.open(newline="", encoding="utf-8") as file:
        return {row["image"]: float(row["lesion_dice"]) for row in csv.DictReader(file)}


def _choose(scores: Mapping[str, float], entries: Mapping[str, Any], rows: int) -> list[str]:
    """Names evenly spaced from the best to the worst of each class, classes in turn."""
    classes = sorted({entries[name]["class"] for name in scores})
    chosen: list[str] = []
    for i, label_class in enumerate(classes):
        ranked = sorted((n for n in scores if entries[n]["class"] == label_class), key=lambda n: (-scores[n], n))
        share = min(len(ranked), rows // len(classes) + (i < rows % len(classes)))
        chosen += [ranked[round(k)] for k in np.linspace(0.1, 0.9, share) * (len(ranked) - 1)] if share else []
    return list(dict.fromkeys(chosen))
