# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The difference between two trainings, from the folders of their evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..evaluation.metrics_file import read_metrics, read_rows
from ..files.markdown import markdown_table
from ..runs.file_names import ROWS
from .statistics import COMPARED, Rows, check_same_images, claim, compare_rows, p_text


def difference_table(first: Sequence[str | Path], second: Sequence[str | Path]) -> str:
    """Return the difference in lesion Dice between two trainings as a Markdown table.

    Images are paired. The 95 % interval resamples groups of near-identical images, and seeds.

    Args:
        first: evaluations of one training, one for each seed.
        second: evaluations of another, of the same images, the seeds in the same order.

    Raises:
        InputError: a folder is not an evaluation, was changed, has no groups, or is given twice; the numbers of seeds
            differ; the evaluations are of different images, or no image has a lesion.
    """
    if len(first) != len(second):
        raise InputError(
            f"--first and --second: {len(first)} and {len(second)} folders; give one for each seed, as many of both"
        )
    folders = [Path(folder) for folder in (*first, *second)]
    if twice := [folder for folder in folders if folders.count(folder) > 1]:
        raise InputError(f"{twice[0]}: given twice; each seed has a folder of its own")
    one, other = (_by_seed(part) for part in (folders[: len(first)], folders[len(first) :]))
    difference = compare_rows(one, other, (str(first[0]), str(second[0])))
    dice = difference.dice
    cells = [
        f"{_mean(one):.3f}",
        f"{_mean(other):.3f}",
        f"{dice.mean:+.3f} [{dice.low:+.3f}, {dice.high:+.3f}]",
        p_text(difference.p),
        str(difference.images),
        str(len(difference.seeds)),
        claim(difference),
    ]
    headings = ["first", "second", "difference [95 % interval]", "signed-rank test", "images", "seeds", "verdict"]
    return markdown_table(headings, [cells], 0)


def _by_seed(folders: Sequence[Path]) -> dict[int, Rows]:
    """Return the rows of each seed, after checking that all seeds have the same images."""
    rows = [_rows(folder) for folder in folders]
    for folder, of_folder in zip(folders[1:], rows[1:]):
        check_same_images(str(folders[0]), rows[0], str(folder), of_folder)
    return dict(enumerate(rows))


def _rows(folder: Path) -> Rows:
    read_metrics(folder)  # raises if it was changed
    rows = read_rows(folder / ROWS)
    if "group" not in rows[0]:
        raise InputError(f"{folder / ROWS}: has no groups of near-duplicates; evaluate again")
    return {row["image"]: row for row in rows}


def _mean(seeds: dict[int, Rows]) -> float:
    return float(np.nanmean([row[COMPARED] for rows in seeds.values() for row in rows.values()]))
