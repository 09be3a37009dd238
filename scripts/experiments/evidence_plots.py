# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Plots of experiments: tables as dots with intervals, comparisons as a forest plot."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.atomic import atomic_write
from ..images.colours import BLUE, GREY, ORANGE, PALE
from .evidence import Answer, Evidence, TableRow
from .evidence_tables import NOT_RUN
from .statistics import MIN_SEEDS, Estimate, claim

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, DPI = 8.0, 140  # inches; about as wide as a README is shown
ROW, MARGIN = 0.42, 1.35  # inches: least height of a row, and of the space above and below all rows
LABEL, LINES = 44, 2.4  # characters in a line of a label, and lines that fit into the least height


def draw_table(title: str, subtitle: str, rows: Sequence[TableRow], output: str | Path) -> Path:
    """Draw the Dice of each row of a table: lesion, mean of both classes, and published value.

    Args:
        title: title of the plot.
        subtitle: data and preset, below the title.
        rows: from `fill_table`.
        output: the PNG file to write.

    Returns:
        `output`.
    """
    with _rows([row.row.title for row in rows], title, subtitle, output) as axis:
        for y, (row, tick) in enumerate(zip(rows, axis.get_yticklabels())):
            if row.summary is None:
                tick.set_color(PALE)
            else:
                for name, offset, colour, marker in (
                    ("lesion_dice", -0.16, BLUE, "o"),
                    ("mean_dice", 0.16, ORANGE, "s"),
                ):
                    if name in row.summary.measures:
                        _interval(axis, row.summary.measures[name], y + offset, colour, marker, colour)
            if "dice" in row.published:
                axis.plot(row.published["dice"], y + 0.16, "D", mfc="none", mec=GREY if row.summary else PALE, zorder=4)
            _beside(axis, y, _count(row), GREY if row.summary else PALE)
        styles: dict[str, dict[str, Any]] = {
            "lesion": {"color": BLUE, "marker": "o"},
            "mean of background and lesion": {"color": ORANGE, "marker": "s"},
            **({"mean, published": {"color": GREY, "marker": "D", "mfc": "none"}} if _published(rows) else {}),
        }
        for label, style in styles.items():
            axis.plot([], [], linestyle="none", label=label, **style)
        axis.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderpad=0, handletextpad=0.2)
        axis.set_xlabel("Dice, with the 95 % bootstrap interval of the mean over images")
    return Path(output)


def draw_comparisons(evidence: Evidence, answers: Sequence[Answer], subtitle: str, output: str | Path) -> Path:
    """Draw the differences of lesion Dice as a forest plot; filled markers are gains or losses.

    Args:
        evidence: the results of a preset.
        answers: from `answer_questions`.
        subtitle: preset, below the title.
        output: the PNG file to write.

    Returns:
        `output`.
    """
    titles = {name: training.title for name, training in evidence.plan.trainings.items()}
    comparisons = [answer.comparison for answer in answers]
    labels = [f"{each.question}\n{titles[each.first]} − {titles[each.second]}" for each in comparisons]
    with _rows(labels, "Differences of lesion Dice", subtitle, output) as axis:
        axis.axvline(0, color=GREY, linewidth=1, zorder=1)
        for y, (answer, label) in enumerate(zip(answers, axis.get_yticklabels())):
            if answer.difference is None:
                label.set_color(PALE)
                _beside(axis, y, NOT_RUN, PALE)
            else:
                conclusion = claim(answer.difference)
                fill = BLUE if conclusion in ("gain", "loss") else "white"
                _interval(axis, answer.difference.dice, y, BLUE, "o", fill)
                _beside(axis, y, conclusion, GREY)
        limit = max(abs(x) for x in axis.get_xlim())
        axis.set_xlim(-limit, limit)
        axis.locator_params(axis="x", nbins=5)
        directions = "← second is better      first is better →"
        axis.set_xlabel(f"{directions}\nfilled: at least {MIN_SEEDS} seeds, and an interval that excludes 0")
    return Path(output)


@contextmanager
def _rows(labels: Sequence[str], title: str, subtitle: str, output: str | Path) -> Iterator[Axes]:
    """Yield axes with a row for each label, from top to bottom, and save the plot afterwards."""
    import matplotlib
    from matplotlib.figure import Figure

    labels = ["\n".join(textwrap.fill(line, LABEL) for line in label.split("\n")) for label in labels]
    height = ROW * max(1.0, max(label.count("\n") + 1 for label in labels) / LINES)
    # The user's matplotlibrc must not change published pictures.
    with matplotlib.rc_context(matplotlib.rcParamsDefault), matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(WIDTH, MARGIN + height * len(labels)), layout="constrained")
        axis = figure.add_subplot()
        axis.set_yticks(range(len(labels)), labels)
        axis.set_ylim(len(labels) - 0.5, -0.5)
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="x", color="#E5E5E5", linewidth=0.8)
        axis.set_axisbelow(True)
        for side in ("top", "left", "right"):
            axis.spines[side].set_visible(False)
        for y in range(len(labels) - 1):
            axis.axhline(y + 0.5, color="#F0F0F0", linewidth=0.8, zorder=0)
        yield axis
        figure.suptitle(f"{title}\n{subtitle}", x=0.01, ha="left", fontsize=10)
        with atomic_write(output) as partial:
            # Without the name of the software, so that its version does not change the file.
            figure.savefig(partial, dpi=DPI, format="png", metadata={"Software": None})


def _interval(axis: Axes, estimate: Estimate, y: float, colour: str, marker: str, fill: str) -> None:
    axis.plot([estimate.low, estimate.high], [y, y], color=colour, linewidth=1.6, zorder=2)
    axis.plot(estimate.mean, y, marker, color=colour, mfc=fill, markersize=6, zorder=3)


def _beside(axis: Axes, y: float, text: str, colour: str) -> None:
    axis.text(1.01, y, text, color=colour, va="center", transform=axis.get_yaxis_transform())


def _count(row: TableRow) -> str:
    if row.summary is None:
        return NOT_RUN
    seeds = len(row.summary.seeds)
    return f"{seeds} seed{'s' if seeds > 1 else ''}, {len(row.summary.images)} images"


def _published(rows: Sequence[TableRow]) -> bool:
    return any("dice" in row.published for row in rows)
