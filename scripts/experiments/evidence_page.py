# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The Markdown page of an experiment file's results, with its tables and plots as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from ..bundle.paths import PROGRAM
from ..files.atomic import write_text
from ..files.markdown import markdown_table
from .evidence import Evidence, answer_questions, fill_table, read_evidence
from .evidence_plots import draw_comparisons, draw_table
from .evidence_tables import NOT_RUN, comparisons_csv, comparisons_markdown, table_csv, table_markdown
from .plan import Plan
from .statistics import MIN_SEEDS

PAGE, TABLES = "evidence_{}.md", "results/tables"
INTRODUCTION = f"""\
# Evidence

This page, its tables and its plots are generated from the result files of the experiments. Do not edit them; run

```
{{command}}
```

[evaluation.md](evaluation.md) defines the metrics.

- **Lesion** metrics are for the lesion class only. **Mean** metrics average background and lesion, as the paper's
  appear to do. The paper's published values are in parentheses, and hollow markers in the plots.
- Each image counts with its mean over all **seeds**. **Intervals** are 95 % bootstrap intervals over the test images,
  resampled in groups of near-duplicates: they show the variation between test images. The standard deviation **between
  seeds** shows the variation between trainings. Intervals of differences resample the seeds as well.
- A difference is called a **gain** or a **loss** only with at least {MIN_SEEDS} seeds and an interval that excludes 0.
  *No difference shown* does not mean that there is none. The **Wilcoxon** signed-rank test compares the mean
  differences of the groups: it accounts for the variation between images, not between seeds. Its p-values are not
  corrected for multiple comparisons.
- Each table is also available as CSV, with all metrics in full precision and the names of the results behind each
  row."""


@dataclass(frozen=True)
class Section:
    """A section of the page: one table and its files.

    Attributes:
        title: heading.
        link: path of the files, relative to the page and without extension.
        markdown: the table; empty without results.
        csv: the table with all columns.
        draw: draws the plot into the given file; None without results.
    """

    title: str
    link: str
    markdown: str = ""
    csv: str = ""
    draw: Callable[[str], object] | None = None


def write_evidence(plan: Plan, results_dir: str | Path, output_dir: str | Path, presets: Sequence[str]) -> Path:
    """Write all tables of a plan as Markdown, CSV and PNG files, and a page that shows them.

    The same results give the same bytes. Nothing is written unless all results are valid. Files of tables without
    results are removed.

    Args:
        plan: the experiments.
        results_dir: folder of the results.
        output_dir: folder for ``evidence_<file>.md`` and ``results/tables/<file>/<preset>/``.
        presets: presets to report, in this order.

    Returns:
        The page.

    Raises:
        InputError: an unknown preset, invalid results (see `read_evidence`, `pool` and `compare`), and files that
            cannot be written.
    """
    evidences = [read_evidence(plan, results_dir, preset) for preset in presets]
    sections = {evidence.preset: _sections(evidence) for evidence in evidences}
    for section in chain.from_iterable(sections.values()):
        _write_files(section, Path(output_dir) / section.link)
    command = f"{PROGRAM} experiment tables {'/'.join(plan.path.resolve().parts[-2:])}"
    page = [INTRODUCTION.format(command=command), "## Progress", _overview(evidences)]
    for preset, its_sections in sections.items():
        page += [f"## Preset {preset}", *_preset(its_sections)]
    path = Path(output_dir) / PAGE.format(plan.path.stem)
    write_text(path, "\n\n".join(page) + "\n")
    return path


def _sections(evidence: Evidence) -> list[Section]:
    plan, preset = evidence.plan, evidence.preset
    options = plan.presets[preset]
    size = f"preset {preset}: {options['image_size']}×{options['image_size']} pixels, {options['epochs']} epochs"
    folder = f"{TABLES}/{plan.path.stem}/{preset}"
    sections = []
    for name, table, dataset in [(*each, dataset) for each in plan.tables.items() for dataset in each[1].datasets]:
        source = plan.datasets[dataset]
        section = Section(f"{table.title}, {source}", f"{folder}/{name}_{dataset}")
        rows = fill_table(evidence, table, dataset)
        if any(row.results for row in rows):
            draw = partial(draw_table, table.title, f"{source}, {size}", rows)
            section = replace(section, markdown=table_markdown(evidence, table, rows), csv=table_csv(rows), draw=draw)
        sections.append(section)
    if answers := answer_questions(evidence):
        section = Section("Comparisons", f"{folder}/comparisons")
        if any(answer.difference for answer in answers):
            draw = partial(draw_comparisons, evidence, answers, size)
            markdown = comparisons_markdown(evidence, answers)
            section = replace(section, markdown=markdown, csv=comparisons_csv(answers), draw=draw)
        sections.append(section)
    return sections


def _write_files(section: Section, stem: Path) -> None:
    if section.draw is None:
        for suffix in (".md", ".csv", ".png"):
            Path(f"{stem}{suffix}").unlink(missing_ok=True)
        return
    write_text(f"{stem}.md", f"# {section.title}\n\n{section.markdown}\n")
    write_text(f"{stem}.csv", section.csv)
    section.draw(f"{stem}.png")


def _overview(evidences: Sequence[Evidence]) -> str:
    rows = []
    for evidence in evidences:
        finished, planned = len(evidence.results), len(evidence.plan.cells(evidence.preset))
        state = f"{finished} of {planned}" if finished else NOT_RUN
        rows.append([evidence.preset, state, ", ".join(evidence.smaller) or "no"])
    return markdown_table(["preset", "trainings finished", "smaller than the paper"], rows, text_columns=3)


def _preset(sections: Sequence[Section]) -> list[str]:
    """The page's part on one preset: the tables, then the names of tables without results."""
    done, missing = [each for each in sections if each.draw], [each for each in sections if not each.draw]
    if not done:
        return ["Not run."]
    page = []
    for section in done:
        plot = f"![{section.title}]({section.link}.png)"
        page += [f"### {section.title}", section.markdown, plot, f"[As CSV]({section.link}.csv)"]
    return [*page, "\n".join(f"- {section.title}: {NOT_RUN}" for section in missing)] if missing else page
