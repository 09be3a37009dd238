# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Plots of an assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files.atomic import atomic_write
from ..images.colours import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL, DPI = 3.6, 140  # inches


def draw_assessment(rows: Sequence[Mapping[str, Any]], result: Mapping[str, Any], output: str | Path) -> Path:
    """Draw a reliability diagram, confidence against Dice, the Dice of the most confident images, and a ROC curve.

    The ROC curve is that of image-level detection; it is left out unless there are images with and without a lesion.

    Args:
        rows: from `assess_image`.
        result: the results that `assess` computes from them.
        output: the PNG file to write.

    Returns:
        `output`.
    """
    from matplotlib.figure import Figure

    decision = result["decision"]
    count = 4 if decision else 3
    figure = Figure(figsize=(PANEL * count, PANEL + 0.3))
    axes = figure.subplots(1, count)
    _reliability(axes[0], result["reliability"])
    _confidence(axes[1], rows)
    _coverage(axes[2], result["uncertainty"])
    if decision:
        _decision(axes[3], decision)
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    with atomic_write(output) as partial:
        figure.savefig(partial, dpi=DPI, format="png")
    return Path(output)


def _reliability(axis: Axes, reliability: Mapping[str, Any]) -> None:
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    for stage, colour, marker in (("before", ORANGE, "s"), ("after", BLUE, "o")):
        bins = reliability[stage]["bins"]
        label = f"{stage} calibration, ECE {reliability[stage]['ece']['value']:.4f}"
        predicted, true = ([row[key] for row in bins] for key in ("predicted", "true"))
        axis.plot(predicted, true, color=colour, marker=marker, markersize=4, label=label)
    axis.set(xlabel="predicted probability", ylabel="fraction of lesion pixels", title="Reliability diagram")
    axis.legend(frameon=False, fontsize=8)


def _confidence(axis: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    for found, colour, marker in ((True, BLUE, "o"), (False, ORANGE, "x")):
        chosen = [row for row in rows if row["truth_pixels"] > 0 and row["lesion_found"] == found]
        label = "lesion found" if found else "no lesion found"
        points = [[row[key] for row in chosen] for key in ("confidence", "lesion_dice")]
        axis.plot(*points, marker, color=colour, markersize=4, alpha=0.7, label=label)
    axis.set(xlabel="confidence", ylabel="Dice", title="Images with a lesion")
    axis.set_ylim(-0.05, 1.15)  # room for the legend
    axis.legend(frameon=False, fontsize=8, loc="upper left", ncols=2, handletextpad=0.2, columnspacing=1)


def _coverage(axis: Axes, uncertainty: Mapping[str, Any]) -> None:
    share, value = ([row[key] for row in uncertainty["coverage"]] for key in ("share", "lesion_dice"))
    axis.plot(np.array(share) * 100, value, color=BLUE, marker="o", markersize=4)
    axis.set(xlabel="most confident images (%)", ylabel="mean Dice of these images", title="Most confident images")


def _decision(axis: Axes, decision: Mapping[str, Any]) -> None:
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    false_positives = [1 - row["specificity"] for row in decision["curve"]]
    axis.step(false_positives, [row["sensitivity"] for row in decision["curve"]], color=BLUE)
    point = 1 - decision["specificity"]["value"], decision["sensitivity"]["value"]
    label = f"minimum confidence {decision['least_confidence']:g}"
    axis.plot(*point, "o", color=ORANGE, label=label)
    axis.set(
        xlabel="false-positive rate (1 − specificity)",
        ylabel="sensitivity",
        title=f"Image-level detection, AUC {decision['auc']['value']:.2f}",
    )
    axis.legend(frameon=False, fontsize=8, loc="lower right")
