# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The page of all evidence, with its tables and pictures as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from ..bundle.paths import PROGRAM
from ..files.atomic import written_whole
from .evidence import Evidence, answer_questions, fill_table, read_evidence
from .evidence_plots import draw_comparisons, draw_table
from .evidence_tables import NOT_RUN, comparisons_csv, comparisons_markdown, table_csv, table_markdown
from .plan import Plan
from .statistics import MIN_SEEDS

PAGE, TABLES = "evidence_{}.md", "results/tables"
INTRODUCTION = f"""\
# Evidence

This page and the tables and pictures on it are generated from the result files of the experiments by

```
{{command}}
```

and changed only so. How each measure is computed: [evaluation.md](evaluation.md).

- **Lesion** figures are of the lesion alone. **Mean** figures are those of background and lesion averaged, as the
  paper's appear to be; where it published one, that stands in parentheses, or as a hollow mark.
- An image counts with its mean over the **seeds** there are. **Intervals** are bootstrap 95 % intervals over test
  images, drawn by groups of near-identical ones: they tell what other images might give. What another seed might give,
  the standard deviation **between seeds** tells. Intervals of differences are drawn by seed as well.
- A difference is called a **gain** or a **loss** only with {MIN_SEEDS} seeds and an interval without 0; *no difference
  shown* does not mean that there is none. The **Wilcoxon** signed-rank test is one of the groups' mean differences: of
  other images, not of other seeds; its p is not corrected for the number of questions.
- Every table is also there as CSV, with all measures, every digit, and the results that each row is computed from."""


@dataclass(frozen=True)
class Part:
    """A table of the page with its files.

    Attributes:
        title: its heading.
        link: the files, below the page's folder and without their endings.
        markdown: the table, empty where it has no result.
        csv: the same in full.
        draw: draws its picture into the file given.
    """

    title: str
    link: str
    markdown: str = ""
    csv: str = ""
    draw: Callable[[str], object] | None = None


def write_evidence(plan: Plan, results_dir: str | Path, output_dir: str | Path, presets: Sequence[str]) -> Path:
    """Write all tables of a plan as Markdown, CSV and PNG files, and a page that shows them.

    The same results give the same bytes. Nothing is written unless all results fit. Tables without a result are not
    written, and removed if an earlier time wrote them.

    Args:
        plan: what was to be done.
        results_dir: holds the results.
        output_dir: gets ``evidence_<file>.md`` and ``results/tables/<file>/<preset>/``.
        presets: to be reported, in this order.

    Returns:
        The page.

    Raises:
        InputError: an unknown preset, results that do not fit (see `read_evidence`, `pool` and `compare`), and files
            that cannot be written.
    """
    evidences = [read_evidence(plan, results_dir, preset) for preset in presets]
    parts = {evidence.preset: _parts(evidence) for evidence in evidences}
    for part in chain.from_iterable(parts.values()):
        _write_files(part, Path(output_dir) / part.link)
    command = f"{PROGRAM} experiment tables {'/'.join(plan.path.resolve().parts[-2:])}"
    page = [INTRODUCTION.format(command=command), "## What was run", _overview(evidences)]
    for preset, own in parts.items():
        page += [f"## Preset {preset}", *_preset(own)]
    path = Path(output_dir) / PAGE.format(plan.path.stem)
    _write(path, "\n\n".join(page) + "\n")
    return path


def _parts(evidence: Evidence) -> list[Part]:
    plan, preset = evidence.plan, evidence.preset
    options = plan.presets[preset]
    size = f"preset {preset}: {options['image_size']}×{options['image_size']} pixels, {options['epochs']} epochs"
    folder = f"{TABLES}/{plan.path.stem}/{preset}"
    parts = []
    for table, dataset in ((each, dataset) for each in plan.tables for dataset in each.datasets):
        source = plan.datasets[dataset]
        part = Part(f"{table.title}, {source}", f"{folder}/{table.name}_{dataset}")
        rows = fill_table(evidence, table, dataset)
        if any(row.results for row in rows):
            draw = partial(draw_table, table.title, f"{source}, {size}", rows)
            part = replace(part, markdown=table_markdown(evidence, table, rows), csv=table_csv(rows), draw=draw)
        parts.append(part)
    if answers := answer_questions(evidence):
        part = Part("Questions", f"{folder}/comparisons")
        if any(answer.difference for answer in answers):
            draw = partial(draw_comparisons, evidence, answers, size)
            markdown = comparisons_markdown(evidence, answers)
            part = replace(part, markdown=markdown, csv=comparisons_csv(answers), draw=draw)
        parts.append(part)
    return parts


def _write_files(part: Part, stem: Path) -> None:
    if part.draw is None:
        for ending in (".md", ".csv", ".png"):
            Path(f"{stem}{ending}").unlink(missing_ok=True)
        return
    _write(Path(f"{stem}.md"), f"# {part.title}\n\n{part.markdown}\n")
    _write(Path(f"{stem}.csv"), part.csv)
    part.draw(f"{stem}.png")


def _write(path: Path, text: str) -> None:
    with written_whole(path) as whole:
        whole.write_text(text, encoding="utf-8", newline="\n")


def _overview(evidences: Sequence[Evidence]) -> str:
    lines = ["| preset | trainings done | smaller than the paper |", "|---|---|---|"]
    for evidence in evidences:
        done, planned = len(evidence.results), len(evidence.plan.cells(evidence.preset))
        state = f"{done} of {planned}" if done else NOT_RUN
        lines.append(f"| {evidence.preset} | {state} | {', '.join(evidence.smaller) or 'no'} |")
    return "\n".join(lines)


def _preset(parts: Sequence[Part]) -> list[str]:
    """What the page has of a preset: its tables, then the names of those without a result."""
    done, missing = [part for part in parts if part.draw], [part for part in parts if not part.draw]
    if not done:
        return ["Not run."]
    page = []
    for part in done:
        page += [f"### {part.title}", part.markdown, f"![{part.title}]({part.link}.png)", f"[As CSV]({part.link}.csv)"]
    return [*page, "\n".join(f"- {part.title}: {NOT_RUN}" for part in missing)] if missing else page
