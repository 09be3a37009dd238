# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Statistics of one training over its seeds, and of the difference between two trainings on the same images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import wilcoxon

from ..errors import InputError
from ..metrics.bootstrap import bootstrap_interval, bootstrap_interval_by_seed, group_sums
from ..metrics.overlap import NAMES
from .sealed_results import Result

COMPARED = "lesion_dice"
Rows = Mapping[str, Mapping[str, Any]]  # of an evaluation, by image: class, group, metrics and pixel counts
MIN_SEEDS = 3
MIN_GROUPS = 6  # with fewer, the two-sided signed-rank test cannot reach p < 0.05


@dataclass(frozen=True)
class Estimate:
    """A mean over images and seeds, with its uncertainty.

    Attributes:
        mean: mean over images of each image's mean over seeds.
        low, high: limits of the bootstrap 95 % interval, resampled by group; for a difference, also by seed.
        seed_std: sample standard deviation of the seeds' means, None with one seed.
    """

    mean: float
    low: float
    high: float
    seed_std: float | None


@dataclass(frozen=True)
class Summary:
    """The test results of one training on some classes.

    Attributes:
        seeds: in order.
        images: names of the images with a lesion.
        groups: number of groups of near-identical images among these.
        measures: metrics by name, one of `NAMES`; empty if no image has a lesion.
        normals: number of images without a lesion.
        false_positives: share of these in which any pixel is predicted as lesion; None if there are none.
    """

    seeds: tuple[int, ...]
    images: frozenset[str]
    groups: int
    measures: Mapping[str, Estimate]
    normals: int
    false_positives: Estimate | None

    @property
    def strict_dice(self) -> float | None:
        """Mean Dice over all images, where an image without a lesion counts 1 if nothing is predicted, else 0.

        None without images of both kinds.
        """
        dice = self.measures.get("lesion_dice")
        if dice is None or self.false_positives is None:
            return None
        right = (1 - self.false_positives.mean) * self.normals
        return (dice.mean * len(self.images) + right) / (len(self.images) + self.normals)


@dataclass(frozen=True)
class Difference:
    """The difference between two trainings: the first minus the second.

    Attributes:
        seeds: seeds that both have, in order.
        images: number of images with a lesion.
        groups: number of groups of near-identical images among these.
        dice: the difference of lesion Dice.
        p: p-value of the two-sided Wilcoxon signed-rank test of the groups' mean differences of lesion Dice; it does
            not account for the variation between seeds.
        normals: number of images without a lesion.
        false_positives: the difference of the share of these in which any pixel is predicted as lesion; None if
            there are none.
    """

    seeds: tuple[int, ...]
    images: int
    groups: int
    dice: Estimate
    p: float
    normals: int = 0
    false_positives: Estimate | None = None


def pool(results: Sequence[Result], test_classes: Sequence[str] = ()) -> Summary:
    """Summarise one training over its seeds.

    Args:
        results: results of one training, at least one; the folds of a seed are joined.
        test_classes: classes to include; empty for all.

    Raises:
        InputError: the seeds were tested on different images, or an image is in two folds of a seed.
    """
    seeds = _by_seed(results)
    first = next(iter(seeds.values()))
    chosen = [name for name, row in first.items() if not test_classes or row["class"] in test_classes]
    lesions, normals = _split_by_lesion(chosen, first)
    groups = [first[name]["group"] for name in lesions]
    return Summary(
        seeds=tuple(seeds),
        images=frozenset(lesions),
        groups=len(set(groups)),
        measures={key: _estimate(_matrix(seeds, lesions, key), groups) for key in NAMES} if lesions else {},
        normals=len(normals),
        false_positives=(
            _estimate(_false_positives(seeds, normals), [first[name]["group"] for name in normals]) if normals else None
        ),
    )


def compare(first: Sequence[Result], second: Sequence[Result]) -> Difference:
    """Compare two trainings, image by image, over the seeds that both have.

    Args:
        first: results of one training.
        second: results of another.

    Raises:
        InputError: no seed in common, evaluations of different images, or none with a lesion.
    """
    shared = {result.cell.seed for result in first} & {result.cell.seed for result in second}
    first, second = ([result for result in results if result.cell.seed in shared] for results in (first, second))
    if not shared:
        raise InputError("trainings without a seed in common cannot be compared")
    return compare_rows(_by_seed(first), _by_seed(second), (first[0].cell.name, second[0].cell.name))


def compare_rows(first: Mapping[int, Rows], second: Mapping[int, Rows], names: tuple[str, str]) -> Difference:
    """Compare the rows of two trainings as `compare` does.

    Args:
        first: of one training, by seed; all seeds have the same images.
        second: of another, of the same seeds.
        names: of both, for messages.

    Raises:
        InputError: evaluations of different images, or none with a lesion.
    """
    rows = next(iter(first.values()))
    check_same_images(names[0], rows, names[1], next(iter(second.values())))
    lesions, normals = _split_by_lesion(rows, rows)
    if not lesions:
        raise InputError(f"{names[0]}: no image of this evaluation has a lesion")
    groups = [rows[name]["group"] for name in lesions]
    differences = _matrix(first, lesions, COMPARED) - _matrix(second, lesions, COMPARED)
    sums, sizes = group_sums(differences.mean(axis=0), groups)
    p = _signed_rank_p(sums / sizes)
    false_positives = None
    if normals:
        alarm_difference = _false_positives(first, normals) - _false_positives(second, normals)
        false_positives = _estimate(alarm_difference, [rows[name]["group"] for name in normals], by_seed=True)
    dice = _estimate(differences, groups, by_seed=True)
    return Difference(tuple(first), len(lesions), len(sums), dice, p, len(normals), false_positives)


def check_same_images(first: str, first_rows: Rows, second: str, second_rows: Rows) -> None:
    """Raise unless two evaluations are of the same images.

    Args:
        first, second: their names.
        first_rows, second_rows: their rows by image.

    Raises:
        InputError: an image is in one of them alone, or has another class, group or mask.
    """
    fixed = ("class", "group", "truth_pixels")
    for name in sorted(first_rows.keys() | second_rows.keys()):
        one, other = first_rows.get(name), second_rows.get(name)
        if one is None or other is None or any(one[key] != other[key] for key in fixed):
            raise InputError(
                f"{first} and {second} were tested on different images, the first of them '{name}'; metrics can be "
                "compared and averaged only over the same images, classes, groups and masks"
            )


def claim(difference: Difference) -> str:
    """Return the verdict on a difference of Dice: gain or loss only with enough seeds and an interval without 0."""
    seeds, groups = len(difference.seeds), difference.groups
    if seeds < MIN_SEEDS:
        return f"no claim: {seeds} seed{'s' if seeds > 1 else ''}"
    if groups < MIN_GROUPS:
        return f"no claim: {groups} independent image{'s' if groups > 1 else ''}"
    if difference.dice.low > 0:
        return "gain"
    if difference.dice.high < 0:
        return "loss"
    return "no difference shown"


def verdict(difference: Difference) -> str:
    """Return the verdict with difference, interval, p-value and number of seeds."""
    word, dice = claim(difference), difference.dice
    if word.startswith("no claim"):
        return word
    mean, low, high = dice.mean, dice.low, dice.high
    if word == "loss":
        mean, low, high = -mean, -high, -low
    joint = ":" if word == "no difference shown" else " of"
    return f"{word}{joint} {mean:.3f} [{low:.3f}, {high:.3f}], {p_text(difference.p)}, {len(difference.seeds)} seeds"


def p_text(p: float) -> str:
    """Return a p-value as papers print it: ``p = 0.012``, ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _estimate(values: np.ndarray, groups: Sequence[int], by_seed: bool = False) -> Estimate:
    """Return mean and interval of values of shape (seeds, images); `by_seed` resamples the seeds as well."""
    images = values.mean(axis=0)
    low, high = bootstrap_interval_by_seed(values, groups) if by_seed else bootstrap_interval(images, groups)
    seed_std = float(values.mean(axis=1).std(ddof=1)) if len(values) > 1 else None
    return Estimate(float(images.mean()), low, high, seed_std)


def _split_by_lesion(names: Iterable[str], rows: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the names of the images with a lesion and of those without."""
    names = list(names)
    lesions = [name for name in names if rows[name]["truth_pixels"] > 0]
    return lesions, [name for name in names if rows[name]["truth_pixels"] == 0]


def _false_positives(seeds: Mapping[int, Mapping[str, Any]], names: Sequence[str]) -> np.ndarray:
    """Return 1 where any pixel is predicted as lesion, else 0, shape (seeds, images)."""
    return (_matrix(seeds, names, "predicted_pixels") > 0).astype(float)


def _matrix(seeds: Mapping[int, Mapping[str, Any]], names: Sequence[str], key: str) -> np.ndarray:
    return np.array([[rows[name][key] for name in names] for rows in seeds.values()])


def _by_seed(results: Sequence[Result]) -> dict[int, dict[str, Any]]:
    """Return the rows of each seed by image, after checking that all seeds have the same images."""
    seeds: dict[int, list[Result]] = {}
    for result in sorted(results, key=lambda result: (result.cell.seed, result.cell.fold)):
        seeds.setdefault(result.cell.seed, []).append(result)
    joined = {seed: _joined(folds) for seed, folds in seeds.items()}
    first = next(iter(seeds))
    for seed, rows in joined.items():
        check_same_images(seeds[first][0].cell.name, joined[first], seeds[seed][0].cell.name, rows)
    return joined


def _joined(folds: Sequence[Result]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for result in folds:
        if twice := rows.keys() & result.rows.keys():
            raise InputError(f"{result.cell.name}: '{min(twice)}' was already tested in another fold")
        rows.update(result.rows)
    return rows


def _signed_rank_p(differences: np.ndarray) -> float:
    # The test is undefined if all differences are 0; there is no evidence of a difference then.
    return float(wilcoxon(differences).pvalue) if differences.any() else 1.0
