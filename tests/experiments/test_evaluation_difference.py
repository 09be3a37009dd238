# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that tells whether one training is better than another."""

from __future__ import annotations

import pytest

from scripts.__main__ import main
from tests.experiments.results import cell, images


@pytest.fixture
def folder(put, tmp_path):
    """Write an evaluation and return its folder."""

    def write(name, seed, rows):
        put(cell(name, seed), rows)
        return str(tmp_path / "results" / cell(name, seed).name)

    return write


def test_a_gain_over_three_seeds(folder, capsys):
    taught = [folder("taught", seed, images(*[0.6 + 0.01 * seed] * 8)) for seed in range(3)]
    alone = [folder("student", seed, images(*[0.5] * 8)) for seed in range(3)]
    assert main(["compare", "--first", *taught, "--second", *alone]) == 0
    row = capsys.readouterr().out.splitlines()[2]
    cells = [each.strip() for each in row.strip("|").split("|")]
    assert cells == ["0.610", "0.500", "+0.110 [+0.100, +0.120]", "p = 0.008", "8", "3", "gain"]


def test_one_seed_is_no_claim(folder, capsys):
    first, second = folder("taught", 0, images(*[0.6] * 8)), folder("student", 0, images(*[0.5] * 8))
    assert main(["compare", "--first", first, "--second", second]) == 0
    assert "no claim: 1 seed" in capsys.readouterr().out


def test_mistakes_are_told_in_one_line(folder, tmp_path, capsys):
    taught, alone = folder("taught", 0, images(0.6, 0.5)), folder("student", 0, images(0.5, 0.5))
    other = folder("teacher", 0, images(0.5, 0.5, groups=[0, 0]))
    evaluation = tmp_path / "run"  # what a run writes, without a checksum
    rows = (evaluation / "metrics.csv").read_text().splitlines()
    without = rows[0].split(",").index("group")
    lines = [[cell for i, cell in enumerate(row.split(",")) if i != without] for row in rows]
    (evaluation / "metrics.csv").write_text("\n".join(",".join(line) for line in lines))
    for first, second, message in (
        ([taught, alone], [other], "--first and --second: 2 and 1 folders"),
        ([taught], [taught], f"{taught}: given twice"),
        ([taught], [other], f"{taught} and {other} were tested on different images"),
        ([taught], [str(tmp_path / "none")], "no such file, so"),
        ([taught], [str(evaluation)], "metrics.csv: has no groups of near-duplicates; evaluate again"),
    ):
        assert main(["compare", "--first", *first, "--second", *second]) == 2
        errors = capsys.readouterr().err.splitlines()
        assert len(errors) == 1 and message in errors[0], errors
