# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A figure of sample images with the lesion contours of the ground truth and of the predictions of several networks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..files.atomic import atomic_write
from ..images.colours import PREDICTION, TRUTH
from .evaluated_images import Evaluation

TITLE_WIDTH = 34  # characters; longer titles would overlap the next column


def draw_sheet(columns: Mapping[str, str | Path], dataset_dir: str | Path, output: str | Path, rows: int = 6) -> Path:
    """Draw one row per image; the images are spread evenly from the highest to the lowest Dice of the first column.

    Args:
        columns: folders of evaluations of the same images by title, with ``metrics.csv``, ``datalist.json`` and
            ``predictions/`` as a run with ``configs/evaluate.json`` writes them.
        dataset_dir: the evaluated dataset.
        output: the PNG file to write.
        rows: number of images to show, at least one.

    Returns:
        `output`.

    Raises:
        InputError: no columns or rows, a folder that is not an evaluation, or evaluations of different images.
    """
    from matplotlib.figure import Figure

    if not columns or rows < 1:
        raise InputError(f"a sheet needs at least one column and one row, got {len(columns)} and --rows {rows}")
    evaluations = {title: Evaluation(folder, dataset_dir) for title, folder in columns.items()}
    scores = {title: {row["image"]: row["lesion_dice"] for row in each.rows} for title, each in evaluations.items()}
    names = choose_images(next(iter(evaluations.values())).rows, rows)
    for title, dice in scores.items():
        if missing := [name for name in names if name not in dice]:
            raise InputError(f"'{title}': '{missing[0]}' was not evaluated there; evaluate the same images")
    pixels = {name: {title: each.read(name) for title, each in evaluations.items()} for name in names}

    figure = Figure(figsize=(2.3 * (len(columns) + 2), 2.15 * len(names)))
    axes = figure.subplots(len(names), len(columns) + 2, squeeze=False)
    for row, name in zip(axes, names):
        shown = next(iter(pixels[name].values()))
        for axis in row:
            axis.imshow(shown.picture, cmap="gray", vmin=0, vmax=255, aspect="equal")
            axis.set_axis_off()
        row[0].set_title(Path(name).stem, fontsize=9)
        _outline(row[1], shown.ground_truth, TRUTH)
        row[1].set_title("ground truth", fontsize=9)
        for axis, (title, read) in zip(row[2:], pixels[name].items()):
            _outline(axis, read.ground_truth, TRUTH)
            _outline(axis, read.prediction, PREDICTION)
            score = scores[title][name]
            heading = f"{title} · Dice {score:.2f}" if np.isfinite(score) else title
            axis.set_title(textwrap.fill(heading, TITLE_WIDTH), fontsize=9)
    figure.tight_layout(pad=0.4)
    with atomic_write(output) as partial:
        figure.savefig(partial, dpi=110, format="png")
    return Path(output)


def _outline(axis: Any, mask: np.ndarray, colour: str) -> None:
    if mask.any() and not mask.all():
        axis.contour(mask, levels=[0.5], colors=colour, linewidths=1.4)


def choose_images(rows: Sequence[Mapping[str, Any]], count: int) -> list[str]:
    """Return image names of each class, evenly spaced from its highest to its lowest lesion Dice.

    The classes take turns, so that one with few images leaves its share to the others. Images without a lesion, whose
    Dice is NaN, come last.
    """
    names: dict[str, list[str]] = {label_class: [] for label_class in sorted({row["class"] for row in rows})}
    for row in sorted(rows, key=_rank):
        names[row["class"]].append(row["image"])
    turns = range(max(map(len, names.values())))
    taken = [label_class for turn in turns for label_class, ranked in names.items() if turn < len(ranked)][:count]
    return [name for label_class, ranked in names.items() for name in _spread(ranked, taken.count(label_class))]


def _rank(row: Mapping[str, Any]) -> tuple[float, str]:
    return (-row["lesion_dice"], row["image"]) if np.isfinite(row["lesion_dice"]) else (np.inf, "")


def _spread(ranked: Sequence[str], count: int) -> list[str]:
    """Return `count` different names, at equal distances; the ends are left out where there is room."""
    steps = max(len(ranked) - 1, 1)
    start = min(0.1, (len(ranked) - count) // 2 / steps)  # distances of one or more, so that no two round to the same
    return [ranked[round(position)] for position in np.linspace(start, 1 - start, count) * steps]
