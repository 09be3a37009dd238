# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The tables of experiments: Markdown to read, CSV with full precision and the results behind each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..files.csv_file import csv_text
from ..files.markdown import markdown_table
from ..metrics.overlap import NAMES
from .evidence import Answer, Evidence, TableRow
from .plan_file import Table
from .sealed_results import Result
from .statistics import COMPARED, Estimate, claim, p_text, verdict

PUBLISHED = ("dice", "precision", "recall", "iou", "accuracy")  # in the order of the paper's columns
HEADINGS = {"dice": "Dice", "iou": "IoU"}
NOT_RUN, NONE = "not run", "–"


def table_markdown(evidence: Evidence, table: Table, rows: Sequence[TableRow]) -> str:
    """Return a table in Markdown, with notes on how its results were computed.

    Lesion Dice and IoU come first, then the means over background and lesion, as the paper appears to report them, with
    the published value in parentheses.

    Args:
        evidence: the results of a preset.
        table: the table of the plan.
        rows: its rows for one data set, from `fill_table`.
    """
    published = any(row.published for row in rows)
    headings = [
        *("", "seeds", "images", "lesion Dice [95 % interval]", "between seeds", "lesion IoU"),
        *(f"mean {HEADINGS.get(name, name)}{' (paper)' if published else ''}" for name in PUBLISHED),
        "false positives on normals [95 % interval]",
        "strict Dice",
    ]
    parts = [markdown_table(headings, map(_cells, rows))]
    parts += [table.note] if table.note else []
    if any(row.summary and row.summary.strict_dice is not None for row in rows):
        parts.append("Strict Dice is over all images: one without a lesion counts 1 if nothing is predicted, else 0.")
    parts += _other_images(rows)
    return "\n\n".join([*parts, conditions(evidence, [result for row in rows for result in row.results])])


def table_csv(rows: Sequence[TableRow]) -> str:
    """Return the rows of `fill_table` as CSV, with the cells behind each row."""
    return csv_text(
        {
            "row": row.row.key,
            "title": row.row.title,
            "test_classes": " ".join(row.row.test_classes) or "all",
            "state": "done" if row.summary else NOT_RUN,
            "seeds": " ".join(map(str, row.summary.seeds)) if row.summary else "",
            "images": len(row.summary.images) if row.summary else "",
            "groups": row.summary.groups if row.summary else "",
            **_estimates(row.summary.measures if row.summary else {}),
            **{f"paper_mean_{name}": row.published.get(name, "") for name in PUBLISHED},
            "normals": row.summary.normals if row.summary else "",
            **_columns("false_positive_rate", row.summary.false_positives if row.summary else None),
            "strict_dice": _digits(row.summary.strict_dice if row.summary else None),
            "sources": _sources(row.results),
        }
        for row in rows
    )


def comparisons_markdown(evidence: Evidence, answers: Sequence[Answer]) -> str:
    """Return the plan's comparisons as a Markdown table: question, verdict and differences.

    Args:
        evidence: the results of a preset.
        answers: from `answer_questions`.
    """
    headings = [
        *("question", "data", "first", "second", "verdict on lesion Dice", "seeds"),
        *("first − second, lesion Dice [95 % interval]", "between seeds", "Wilcoxon test"),
        "first − second, false positives on normals [95 % interval]",
    ]
    lines = []
    for answer in answers:
        plan, comparison, difference = evidence.plan, answer.comparison, answer.difference
        first, second = (plan.trainings[name].title for name in (comparison.first, comparison.second))
        question = (comparison.question, plan.datasets[comparison.dataset], first, second)
        if difference is None:
            lines.append([*question, NOT_RUN, *[NONE] * 5])
        else:
            conclusion, dice, false_positives = claim(difference), difference.dice, difference.false_positives
            values = (
                _interval(dice, "+.3f"),
                _three(dice.seed_std),
                NONE if conclusion.startswith("no claim") else p_text(difference.p),
                _interval(false_positives, "+.3f") if false_positives else NONE,
            )
            lines.append([*question, conclusion, ", ".join(map(str, difference.seeds)), *values])
    used = [result for answer in answers for result in answer.results]
    return markdown_table(headings, lines, text_columns=5) + "\n\n" + conditions(evidence, used)


def comparisons_csv(answers: Sequence[Answer]) -> str:
    """Return the answers of `answer_questions` as CSV, with the cells behind each row."""
    return csv_text(
        {
            "question": answer.comparison.question,
            "dataset": answer.comparison.dataset,
            "first": answer.comparison.first,
            "second": answer.comparison.second,
            "verdict": verdict(answer.difference) if answer.difference else NOT_RUN,
            "seeds": " ".join(map(str, answer.difference.seeds)) if answer.difference else "",
            "images": answer.difference.images if answer.difference else "",
            "groups": answer.difference.groups if answer.difference else "",
            **_columns(f"{COMPARED}_difference", answer.difference.dice if answer.difference else None),
            "p": _digits(answer.difference.p if answer.difference else None),
            "normals": answer.difference.normals if answer.difference else "",
            **_columns("false_positive_difference", answer.difference.false_positives if answer.difference else None),
            "sources": _sources(answer.results),
        }
        for answer in answers
    )


def conditions(evidence: Evidence, results: Iterable[Result]) -> str:
    """Return sentences on how the results were computed, and a warning where the preset is smaller than the paper."""
    provenances = {result.cell: result.metrics["provenance"] for result in results}.values()
    if not provenances:
        return f"Preset {evidence.preset}: {NOT_RUN}."

    def values(key: str) -> str:
        return " and ".join(sorted({str(p[key]) for p in provenances if p.get(key) is not None}))

    software = ("bundle", "torch", "monai", "ignite", "python")
    versions = ", ".join(f"{name} {values(name)}" for name in software if values(name))
    how = "; ".join(part for part in (values("device"), values("precision"), versions) if part)
    hours = sum(provenance.get("training_seconds") or 0 for provenance in provenances) / 3600
    lines = [
        f"Preset {evidence.preset}: image size {values('image_size')}, {values('epochs')} epochs, batch size "
        f"{values('batch_size')}; {how}; {hours:.1f} hours of training for these rows (without teachers that only "
        "other tables list)."
    ]
    if values("split"):
        folds = sorted({fold for p in provenances if not p.get("left_out") for fold in p["test_folds"]})
        fold = f"fold {', '.join(map(str, folds))} of {values('num_folds')}" if folds else ""
        left_out = f"all images of {values('left_out')}" if values("left_out") else ""
        lines.append(f"Split: {values('split')}, tested on {' and '.join(filter(None, (fold, left_out)))}.")
    if evidence.smaller:
        lines.append(
            f"**Smaller than the paper:** {', '.join(evidence.smaller)}. These results neither confirm nor refute the "
            "published ones, and are comparable only with others of the same preset."
        )
    return "\n\n".join(lines)


def _cells(row: TableRow) -> list[str]:
    summary = row.summary
    if summary is None:
        means = [NONE] * len(PUBLISHED)
        start, end = [row.row.title, NONE, NONE, NOT_RUN, NONE, NONE], [NONE, NONE]
    else:
        dice, iou = summary.measures.get("lesion_dice"), summary.measures.get("lesion_iou")
        means = [_three(summary.measures.get(f"mean_{name}")) for name in PUBLISHED]
        start = [
            *(row.row.title, ", ".join(map(str, summary.seeds)), str(len(summary.images))),
            *(_interval(dice) if dice else NONE, _three(dice.seed_std if dice else None), _three(iou)),
        ]
        false_positives = summary.false_positives
        end = [
            f"{_interval(false_positives)}, {summary.normals} images" if false_positives else NONE,
            _three(summary.strict_dice),
        ]
    paper = [f" ({row.published[name]:.3f})" if name in row.published else "" for name in PUBLISHED]
    return [*start, *(mean + value for mean, value in zip(means, paper)), *end]


def _other_images(rows: Sequence[TableRow]) -> list[str]:
    """A note where rows of the same test classes were tested on different images, such as those of another split."""
    firsts: dict[tuple[str, ...], tuple[str, frozenset[str]]] = {}
    others: dict[str, list[str]] = {}
    for row in rows:
        if row.summary is not None:
            first, images = firsts.setdefault(row.row.test_classes, (row.row.title, row.summary.images))
            if row.summary.images != images:
                others.setdefault(first, []).append(row.row.title)
    return [f"Not tested on the same images as {first}: {'; '.join(titles)}." for first, titles in others.items()]


def _estimates(measures: Mapping[str, Estimate]) -> dict[str, str]:
    return {column: value for name in NAMES for column, value in _columns(name, measures.get(name)).items()}


def _columns(name: str, estimate: Estimate | None) -> dict[str, str]:
    parts = {"": "mean", "_low": "low", "_high": "high", "_seed_std": "seed_std"}
    return {name + end: _digits(getattr(estimate, part) if estimate else None) for end, part in parts.items()}


def _digits(value: float | None) -> str:
    # Twelve digits: beyond them, sums depend on the processor.
    return "" if value is None else f"{value:.12g}"


def _interval(estimate: Estimate, form: str = ".3f") -> str:
    return f"{estimate.mean:{form}} [{estimate.low:{form}}, {estimate.high:{form}}]"


def _three(value: Estimate | float | None) -> str:
    value = value.mean if isinstance(value, Estimate) else value
    return NONE if value is None else f"{value:.3f}"


def _sources(results: Iterable[Result]) -> str:
    return " ".join(result.cell.name for result in results)
