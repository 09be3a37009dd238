# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import os

import pytest

from scripts.files.csv_file import csv_text, write_csv


def test_awkward_cells(tmp_path):
    rows = [{"name": 'a,"b"\n', "n": 1}, {"name": os.fsdecode(b"\xff.png"), "n": None}]
    write_csv(tmp_path / "a.csv", iter(rows), ("n", "name"))
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["n", "name"], ["1", 'a,"b"\n'], ["", r"\udcff.png"]]


def test_columns_are_those_of_the_first_row():
    assert csv_text([{"a": 1, "b": 2}]) == "a,b\n1,2\n"
    assert csv_text([]) == "\n"


def test_nothing_is_left_of_a_file_that_fails(tmp_path):
    def rows():
        yield {"a": 1}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_csv(tmp_path / "a.csv", rows(), ("a",))
    assert list(tmp_path.iterdir()) == []
